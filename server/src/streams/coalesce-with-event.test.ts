import { expect, test } from 'vitest'
import type { Arrival } from '../rules/rig.fixture.ts'
import { coalesceWithEvent } from './coalesce-with-event.ts'
import { outOf } from './operator.fixture.ts'

const byHost = coalesceWithEvent((event) => event.host)

test.each<[string, readonly Arrival[], readonly string[]]>([
  [
    'each event comes with the latest of all keys; a missing key is one',
    [
      [1, { host: 'a', metric: 1 }],
      [2, { metric: 2 }],
      [3, { host: 'a', metric: 3 }],
    ],
    ['1: [a 1 @1, [a 1 @1]]', '2: [2 @2, [a 1 @1, 2 @2]]', '3: [a 3 @3, [a 3 @3, 2 @2]]'],
  ],
  [
    'those whose ttl is over stand in front once, then are gone',
    [
      [1, { host: 'a' }],
      [2, { host: 'b', ttl: 3 }],
      [6, { host: 'a' }],
      [7, { host: 'a' }],
    ],
    [
      '1: [a @1, [a @1]]',
      '2: [b ttl 3 @2, [a @1, b ttl 3 @2]]',
      '6: [a @6, [b ttl 3 @2, a @6]]',
      '7: [a @7, [a @7]]',
    ],
  ],
  [
    'and so does one that is expired',
    [
      [1, { host: 'a' }],
      [2, { host: 'b', state: 'expired' }],
      [3, { host: 'a' }],
    ],
    ['1: [a @1, [a @1]]', '2: [b expired @2, [b expired @2, a @1]]', '3: [a @3, [a @3]]'],
  ],
])('coalesceWithEvent: %s', (_, input, expected) => {
  expect(outOf(byHost, input, 9, { eager: true })).toEqual(expected)
})

test('beyond its limit new keys are dropped and told of', () => {
  const one = coalesceWithEvent((event) => event.host, { max: 1 })
  expect(
    outOf(
      one,
      [
        [1, { host: 'a' }],
        [2, { host: 'b' }],
        [3, { host: 'a' }],
      ],
      9,
      { eager: true },
    ),
  ).toEqual([
    '1: [a @1, [a @1]]',
    '3: [a @3, [a @3]]',
    "rule 'rule 1', coalesceWithEvent: more than 1 keys; the event of a new one was dropped (at b)",
  ])
})
