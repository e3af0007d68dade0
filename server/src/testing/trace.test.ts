import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { filter } from '../streams/filter.ts'
import { fixedEventWindow } from '../streams/fixed-event-window.ts'
import { map } from '../streams/map.ts'
import { publish } from '../streams/publish.ts'
import { tap } from '../streams/tap.ts'
import { lines, play } from './play.ts'
import { at, every, silence } from './timeline.ts'

const ops = { name: 'ops' }
const told = alert({ summary: (e) => `${e.metric}`, notify: [ops] })
const state = rule('state', { match: { host: '*' }, stream: by('host', told) })

// Tables of `played.timeline()`.
test('it shows what went in and what came of it', () => {
  const beat = { host: 'a', service: 's', ttl: 15 }
  const played = play(
    state,
    silence(
      '40s',
      { from: '30s' },
      every('10s', { from: 0, until: '80s' }, { ...beat, state: 'ok', metric: 1 }),
    ),
    at('22s', { ...beat, state: 'bad', metric: 7 }),
  )
  expect(played.timeline({ until: '2m' })).toBe(lines`
    0s      a s ok 1  (3 times, until 20s)
    22s     a s bad 7                       firing bad a s -> ops
    27s                                     told ops: 7
    37s                                     expired a s
                                            stale expired a s -> nobody
    1m 10s  a s ok 1                        resolved ok a s -> ops
    1m 15s                                  told ops: 1
    1m 25s                                  expired a s`)
})

test('it shows what came by taps, what was published, and what failed', () => {
  const rates = rule('rates', {
    match: { host: 'a' },
    stream: pipe(
      filter((e: Event) => e.state !== 'expired'),
      tap('in'),
      map((e) => {
        if (e.metric === 3) throw new Error('no threes')
        return { ...e, host: 'sum', service: 'twice', metric: 2 * (e.metric ?? 0) }
      }),
      publish(),
      publish('everybody'),
      fixedEventWindow(2),
      tap('pairs'),
    ),
  })
  const played = play(
    rates,
    at('1s', { host: 'a', metric: 1 }, { host: 'a', metric: 3 }, { host: 'a', metric: 2 }),
  )
  expect(played.timeline({ until: '10s' })).toBe(lines`
    1s  a 1  tap in: a 1
             published to everybody: sum twice 2
             published sum twice 2
    1s  a 3  tap in: a 3
             failed rule 'rates', map: no threes (at a)
    1s  a 2  tap in: a 2
             published to everybody: sum twice 4
             tap pairs: [sum twice 2, sum twice 4]
             published sum twice 4`)
  expect(played.derived.map(({ at, event: { metric }, topic }) => [at, metric, topic])).toEqual([
    [1_000_000, 2, 'everybody'],
    [1_000_000, 2, undefined],
    [1_000_000, undefined, undefined],
    [1_000_000, 4, 'everybody'],
    [1_000_000, 4, undefined],
  ])
})

test('events in a row of which the same came are one line', () => {
  const twice = rule('twice', { match: { host: 'a' }, stream: tap('seen') })
  const played = play(
    twice,
    every('1s', { from: 0, until: '5s' }, { host: 'a', metric: 1 }),
    at('3500ms', { host: 'b' }),
  )
  expect(played.timeline({ until: '5s' })).toBe(lines`
    0s        a 1  (4 times, until 3s)  tap seen: a 1
    3s 500ms  b
    4s        a 1                       tap seen: a 1`)
})

test('it says why something was not told', () => {
  const away = rule('away', { match: { service: 'link' }, stream: by('host', told) })
  const slow = rule('slow', {
    match: { service: 'app' },
    stream: by('host', alert({ summary: (e) => `${e.host} is slow`, notify: [ops], dependsOn: away })),
  })
  const played = play(
    [away, slow],
    at('1s', { host: 'a', service: 'link', state: 'bad', metric: 1, ttl: 600 }),
    at('10s', { host: 'a', service: 'app', state: 'bad', ttl: 600 }),
    at('1m', { host: 'a', service: 'app', state: 'ok', ttl: 600 }),
  )
  expect(played.timeline({ until: '2m' })).toBe(lines`
    1s   a link bad 1  firing bad a link -> ops
    6s                 told ops: 1
    10s  a app bad     firing bad a app -> ops
    15s                not told: slow a: dependsOn: away a
    1m   a app ok      resolved ok a app -> ops
                       not told: slow a: its end: nobody had been told that it fires`)
})
