import { expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { coalesce } from './coalesce.ts'
import { outByHost, outOf } from './operator.fixture.ts'

test.each<[string, readonly Arrival[], number, readonly string[]]>([
  [
    'the latest of each host and service, at once and then again and again',
    [
      [1, { host: 'a', ttl: 30 }],
      [2, { host: 'b', metric: 1 }],
      [7, { host: 'b', metric: 2 }],
    ],
    12,
    ['1: [a ttl 30 @1]', '6: [a ttl 30 @1, b 1 @2]', '11: [a ttl 30 @1, b 2 @7]'],
  ],
  [
    'one whose ttl is over is there once more, as it was',
    [
      [1, { host: 'a', ttl: 8 }],
      [2, { host: 'b' }],
    ],
    17,
    ['1: [a ttl 8 @1]', '6: [a ttl 8 @1, b @2]', '11: [a ttl 8 @1, b @2]', '16: [b @2]'],
  ],
  [
    'an expired event stops it until a live one comes',
    [
      [1, { host: 'a' }],
      [2, { host: 'b', state: 'expired' }],
      [20, { host: 'a' }],
    ],
    26,
    ['1: [a @1]', '20: [a @20, b expired @2]', '25: [a @20]'],
  ],
  [
    'and so does the ttl of the last event',
    [
      [1, { host: 'a' }],
      [2, { host: 'b', ttl: 3 }],
    ],
    99,
    ['1: [a @1]'],
  ],
  [
    'the empty list comes as well when all have gone',
    [[1, { host: 'a' }]],
    72,
    [
      ...[1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61, 66].map((second) => `${second}: [a @1]`),
      '71: []',
    ],
  ],
])('coalesce: %s', (_, input, until, expected) => {
  expect(outOf(coalesce('5s'), input, until, { eager: true })).toEqual(expected)
})

test('each second unless told otherwise; each key of a by by itself', () => {
  const input: readonly Arrival[] = [
    [1, { host: 'a', ttl: 1 }],
    [1.5, { host: 'b', ttl: 1 }],
  ]
  expect(outByHost(coalesce(), input, 9)).toEqual([
    '1: [a ttl 1 @1]',
    '1.5: [b ttl 1 @1.5]',
    '2: [a ttl 1 @1]',
    '2.5: [b ttl 1 @1.5]',
  ])
})

test('beyond its limit new hosts are dropped and told of, known ones are not', () => {
  const input: readonly Arrival[] = [
    [1, { host: 'a', metric: 1 }],
    [2, { host: 'b' }],
    [3, { host: 'a', metric: 2 }],
    [66, { host: 'c' }],
    [70, { host: 'd' }],
  ]
  expect(outOf(coalesce('60s', { max: 1 }), input, 130, { eager: true })).toEqual([
    '1: [a 1 @1]',
    '61: [a 2 @3]',
    '121: [a 2 @3]',
    "rule 'rule 1', coalesce: more than 1 hosts and services; the event of a new one was dropped (at b)",
    "rule 'rule 1', coalesce: more than 1 hosts and services; the event of a new one was dropped (at c)",
  ])
})

test('while the hub could not listen nothing comes and nothing ages', () => {
  const rig = new Rig((rig) => [{ stream: (source) => source.pipe(coalesce('5s'), rig.note()) }])
  rig.send(1, { host: 'a' })
  rig.run(2)
  // What waits to hear something waits longer by the gap and by the 30 seconds that senders have to come back.
  rig.fold.gap(102 * SECOND)
  rig.run(142)
  expect(rig.seen).toEqual(['1 [a]', '136 [a]', '141 [a]'])
})
