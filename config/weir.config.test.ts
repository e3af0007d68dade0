import { expect, test } from 'vitest'
import { at, every, lines, type Moment, play } from 'weir-hub/testing'
import config from './weir.config.ts'

const uptime = (host: string, from: Moment, until: Moment) =>
  every('10s', { from, until }, { host, service: 'uptime/uptime', metric: 4711, ttl: 20 })
const root = (host: string, from: Moment, until: Moment, metric: number) =>
  every('10s', { from, until }, { host, service: 'df-root/percent_bytes-free', metric, ttl: 20 })
const requests = (host: string, from: Moment, until: Moment, all: number, failed: number) => [
  every('10s', { from, until }, { host, service: 'http/rate', state: 'ok', metric: all, ttl: 30 }),
  every('10s', { from, until }, { host, service: 'http/errors', state: 'ok', metric: failed, ttl: 30 }),
]
const latency = (host: string, from: Moment, until: Moment, metric: number) =>
  every('10s', { from, until }, { host, service: 'http/latency/p99', state: 'ok', metric, ttl: 30 })

test('a bad hour', () => {
  const played = play(
    config,
    // db-1 fills up, and is cleaned.
    uptime('db-1', '0s', '1h'),
    root('db-1', '0s', '10m', 30),
    root('db-1', '10m', '20m', 8),
    root('db-1', '20m', '30m', 3),
    root('db-1', '30m', '1h', 55),
    // web-1 breaks its requests while a deployment runs, and mends them; for the rest of the time it is slow.
    uptime('web-1', '0s', '1h'),
    at('12m', { host: 'web-1', service: 'deploy', state: 'running', description: 'version 5', ttl: 900 }),
    ...requests('web-1', '0s', '12m', 100, 0),
    ...requests('web-1', '12m', '15m', 100, 30),
    ...requests('web-1', '15m', '1h', 100, 0),
    latency('web-1', '0s', '13m', 0.2),
    latency('web-1', '13m', '1h', 2),
    at('22m', { host: 'web-1', service: 'deploy', state: 'ok', description: 'version 5', ttl: 900 }),
    // web-2 is gone for a while.
    uptime('web-2', '0s', '40m'),
    uptime('web-2', '50m', '1h'),
  )
  expect(played.timetable({ until: '1h' })).toBe(lines`
    12m      firing    running   deploying      web-1 deploy                     -> nobody
    14m      firing    critical  requests fail  web-1 http/errors                -> ops
    15m      firing    warning   disk full      db-1 df-root/percent_bytes-free  -> ops
    18m      firing    warning   requests slow  web-1 http/latency/p99           -> ops
    20m      resolved  ok        requests fail  web-1 http/errors                -> ops
    22m      resolved  ok        deploying      web-1 deploy                     -> nobody
    25m      changed   critical  disk full      db-1 df-root/percent_bytes-free  -> ops
    35m      resolved  ok        disk full      db-1 df-root/percent_bytes-free  -> ops
    40m 10s  firing    critical  host down      web-2 uptime/uptime              -> ops
    50m      resolved  ok        host down      web-2 uptime/uptime              -> ops`)
  // What broke and was mended while the deployment ran is not told; what is still slow is, when it is over.
  expect(played.messages({ until: '1h' })).toBe(lines`
    15m 5s   ops  disk full      firing    warning   db-1 df-root/percent_bytes-free
    22m 5s   ops  requests slow  firing    warning   web-1 http/latency/p99
    25m 5s   ops  disk full      changed   critical  db-1 df-root/percent_bytes-free
    35m 5s   ops  disk full      resolved  critical  db-1 df-root/percent_bytes-free
    40m 15s  ops  host down      firing    critical  web-2 uptime/uptime
    50m 5s   ops  host down      resolved  critical  web-2 uptime/uptime`)
})
