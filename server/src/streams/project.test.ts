import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { outByHost, outOf } from './operator.fixture.ts'
import { project } from './project.ts'

test.each<[string, readonly Arrival[], readonly string[]]>([
  [
    'a place that nothing has taken is undefined, and what takes none passes nothing',
    [
      [1, { service: 'x', metric: 1 }],
      [2, { service: 'z' }],
      [3, { service: 'y', metric: 2 }],
    ],
    ['1: [x 1 @1, undefined]', '3: [x 1 @1, y 2 @3]'],
  ],
  [
    'the latest of each stands there',
    [
      [1, { service: 'x', metric: 1 }],
      [2, { service: 'x', metric: 2 }],
    ],
    ['1: [x 1 @1, undefined]', '2: [x 2 @2, undefined]'],
  ],
  ['an event may take both places', [[1, { service: 'x', state: 'both' }]], ['1: [x both @1, x both @1]']],
  [
    'one whose ttl is over is there once more as an expired copy, seen when another one comes',
    [
      [1, { service: 'x', ttl: 5 }],
      [6, { service: 'y' }],
      [6.5, { service: 'z' }],
      [7, { service: 'y' }],
      [8, { service: 'y' }],
    ],
    [
      '1: [x ttl 5 @1, undefined]',
      '6: [x ttl 5 @1, y @6]',
      '7: [x expired ttl 5 @7, y @7]',
      '8: [undefined, y @8]',
    ],
  ],
  [
    'without a ttl after 60 s, from its arrival, whatever its own time',
    [
      [1, { service: 'x', time: 0 }],
      [61, { service: 'y' }],
      [62, { service: 'y' }],
    ],
    ['1: [x @0, undefined]', '61: [x @0, y @61]', '62: [x expired @62, y @62]'],
  ],
  [
    'one that says that it is expired leaves at once',
    [
      [1, { service: 'x', metric: 1 }],
      [2, { service: 'x', state: 'expired' }],
      [3, { service: 'y' }],
    ],
    ['1: [x 1 @1, undefined]', '2: [x expired @2, undefined]', '3: [undefined, y @3]'],
  ],
])('project: %s', (_, input, expected) => {
  const both = project({ service: 'x' }, (event) => event.service === 'y' || event.state === 'both')
  expect(outOf(both, input, 99)).toEqual(expected)
})

test('each key of a by has places of its own', () => {
  const input: readonly Arrival[] = [
    [1, { host: 'a', service: 'x' }],
    [2, { host: 'b', service: 'y' }],
    [3, { host: 'a', service: 'y' }],
  ]
  expect(outByHost(project({ service: 'x' }, { service: 'y' }), input, 9)).toEqual([
    '1: [a x @1, undefined]',
    '2: [undefined, b y @2]',
    '3: [a x @1, a y @3]',
  ])
})

test('while the hub could not listen nothing ages', () => {
  const rig = new Rig((rig) => [
    {
      stream: pipe(
        project({ service: 'x' }, { service: 'y' }),
        map((all) => all.length),
        rig.note(),
      ),
    },
  ])
  const states: unknown[] = []
  const seen = new Rig((rig) => [
    {
      stream: pipe(
        project({ service: 'x' }, { service: 'y' }),
        map((all) => states.push(all.map((event) => event?.state))),
        rig.note(),
      ),
    },
  ])
  for (const one of [rig, seen]) {
    one.send(1, { service: 'x', ttl: 5 })
    one.fold.gap(100 * SECOND)
    one.send(104, { service: 'y' })
  }
  expect(states).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ])
})
