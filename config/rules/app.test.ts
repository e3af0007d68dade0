import { expect, test } from 'vitest'
import { at, every, lines, type Moment, play } from 'weir-hub/testing'
import { deploying, requestsFail, requestsSlow } from './app.ts'

/** What weir-client reports every ten seconds: first all requests a second, then those that failed. */
const requests = (from: Moment, until: Moment, all: number, failed: number, host = 'shop-1') => [
  every('10s', { from, until }, { host, service: 'http/rate', state: 'ok', metric: all, ttl: 30 }),
  every('10s', { from, until }, { host, service: 'http/errors', state: 'ok', metric: failed, ttl: 30 }),
]

const deploy = (when: Moment, state: string) =>
  at(when, { host: 'shop-1', service: 'deploy', state, description: 'version 4.2', ttl: 900 })

const latency = (from: Moment, until: Moment, metric: number | undefined) =>
  every('10s', { from, until }, { host: 'shop-1', service: 'http/latency/p99', state: 'ok', metric, ttl: 30 })

test('requests that fail for two minutes alert, and it is over when they have not for five', () => {
  const played = play(
    requestsFail,
    ...requests('0s', '10m', 200, 1),
    ...requests('10m', '20m', 200, 4),
    ...requests('20m', '30m', 200, 40),
    ...requests('30m', '40m', 200, 0),
  )
  expect(played.timetable({ until: '40m' })).toBe(lines`
    12m  firing    warning   shop-1 http/errors  -> ops
    22m  changed   critical  shop-1 http/errors  -> ops
    35m  resolved  ok        shop-1 http/errors  -> ops`)
  expect(played.notifications.flatMap(({ items }) => items.map(({ summary }) => summary))).toEqual([
    'shop-1: 2.0 % of the requests fail',
    'shop-1: 20.0 % of the requests fail',
    'shop-1: 0.0 % of the requests fail',
  ])
})

test('the errors of a report are a part of the requests of the same report', () => {
  const minutes = ['0m', '1m', '2m', '3m', '4m', '5m'] as const
  const swinging = minutes.slice(1).flatMap((until, n) => {
    const load = n % 2 === 0 ? 200 : 2000
    return requests(minutes[n] ?? 0, until, load, load * 0.02)
  })
  expect(play(requestsFail, ...swinging).timetable({ until: '5m' })).toBe(
    '2m  firing  warning  shop-1 http/errors  -> ops',
  )
})

test('an application without requests, or one that is gone, is not well again', () => {
  const played = play(
    requestsFail,
    ...requests('0s', '5m', 200, 40),
    ...requests('5m', '15m', 0, 0),
    ...requests('0s', '5m', 200, 40, 'shop-2'),
  )
  expect(played.timetable({ until: '20m' })).toBe(lines`
    2m       firing  critical  shop-1 http/errors  -> ops
    2m       firing  critical  shop-2 http/errors  -> ops
    5m 20s   stale   expired   shop-2 http/errors  -> nobody
    15m 20s  stale   expired   shop-1 http/errors  -> nobody`)
})

test('the slowest of a hundred requests take too long', () => {
  const played = play(
    requestsSlow,
    latency('0s', '10m', 0.3),
    latency('10m', '14m', 2),
    latency('14m', '20m', 0.3),
    latency('20m', '30m', 2),
    latency('30m', '35m', undefined),
    latency('35m', '45m', 0.3),
  )
  expect(played.timetable({ until: '45m' })).toBe(lines`
    25m  firing    warning  shop-1 http/latency/p99  -> ops
    40m  resolved  ok       shop-1 http/latency/p99  -> ops`)
  expect(played.notifications[0]?.items[0]?.summary).toBe(
    'shop-1: one request of a hundred takes 2.00 s or more',
  )
})

test('while a deployment runs that is not told; what still fails when it is over is', () => {
  const played = play(
    [deploying, requestsFail],
    deploy('1m', 'running'),
    ...requests('0s', '90s', 200, 0),
    ...requests('90s', '20m', 200, 40),
    ...requests('90s', '20m', 200, 40, 'shop-2'),
    deploy('10m', 'ok'),
  )
  expect(played.timetable({ until: '20m' })).toBe(lines`
    1m      firing    running   shop-1 deploy       -> nobody
    3m 30s  firing    critical  shop-1 http/errors  -> ops
    3m 30s  firing    critical  shop-2 http/errors  -> ops
    10m     resolved  ok        shop-1 deploy       -> nobody`)
  expect(played.messages({ until: '20m' })).toBe(lines`
    3m 35s  ops  firing  critical  shop-2 http/errors
    10m 5s  ops  firing  critical  shop-1 http/errors`)
})

test('what a deployment broke and mended is not told at all', () => {
  const played = play(
    [deploying, requestsFail, requestsSlow],
    deploy('1m', 'running'),
    ...requests('0s', '2m', 200, 0),
    ...requests('2m', '6m', 200, 40),
    ...requests('6m', '20m', 200, 0),
    latency('0s', '8m', 3),
    latency('8m', '20m', 0.2),
    deploy('14m', 'ok'),
  )
  expect(played.messages({ until: '20m' })).toBe('')
  expect(played.timetable({ until: '21m' })).toBe(lines`
    1m   firing    running   shop-1 deploy            -> nobody
    4m   firing    critical  shop-1 http/errors       -> ops
    5m   firing    warning   shop-1 http/latency/p99  -> ops
    11m  resolved  ok        shop-1 http/errors       -> ops
    13m  resolved  ok        shop-1 http/latency/p99  -> ops
    14m  resolved  ok        shop-1 deploy            -> nobody`)
})

test('a deployment that never says that it is over holds nothing back for longer than its ttl', () => {
  const played = play([deploying, requestsFail], deploy('1m', 'running'), ...requests('0s', '30m', 200, 40))
  expect(played.messages({ until: '30m' })).toBe('16m 5s  ops  firing  critical  shop-1 http/errors')
})
