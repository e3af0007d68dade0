import { pipe, map as rxMap } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, flow, metrics, Rig } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { filter } from './filter.ts'
import { split } from './split.ts'
import { throttle } from './throttle.ts'
import { withFields } from './with-fields.ts'

const state = (text: string) => withFields<Event>({ state: text })
const above = (limit: number) => (event: Event) => (event.metric ?? 0) > limit

test.each([
  [
    'the first clause that is met',
    split([above(90), state('critical')], [above(50), state('warning')], state('ok')),
    ['1 91 critical', '2 51 warning', '3 50 ok'],
  ],
  ['nothing where none is met', split([above(90), state('critical')]), ['1 91 critical']],
  ['only what stands last', split(state('ok')), ['1 91 ok', '2 51 ok', '3 50 ok']],
  ['no clause at all', split<Event>(), []],
  [
    'clauses with what is silent in them',
    split([above(90), filter<Event>(() => false)], state('rest')),
    ['2 51 rest', '3 50 rest'],
  ],
])('split: %s', (_, operator, expected) => {
  expect(flow(operator, metrics([1, 91], [2, 51], [3, 50]), 9)).toEqual(expected)
})

test('a condition may be data; one that throws drops the event and is told', () => {
  const fragile = split(
    [{ tagged: 'b' }, state('tagged')],
    [
      (event) => {
        if (event.metric === undefined) throw new Error('no metric')
        return event.metric > 1
      },
      state('big'),
    ],
    state('rest'),
  )
  const input: readonly Arrival[] = [
    [1, { tags: ['b'] }],
    [2, {}],
    [3, { metric: 2 }],
    [4, { metric: 1 }],
  ]
  expect(flow(fragile, input, 9)).toEqual([
    '1 tagged',
    '3 2 big',
    '4 1 rest',
    "rule 'rule 1', split: no metric",
  ])
})

const input: readonly Arrival[] = [
  [1, { host: 'a', metric: 9 }],
  [2, { host: 'a', metric: 9 }],
  [3, { host: 'a', metric: 1 }],
  [4, { host: 'b', metric: 9 }],
  [5, { host: 'a', metric: 1 }],
]

test.each([
  ['with one pipeline for all keys', throttle<Event>(1, '1h'), false],
  ['with a pipeline for each key', throttle<Event>(1, '1h'), true],
  [
    "with RxJS's operators in a branch",
    pipe(
      rxMap((event: Event) => event),
      throttle<Event>(1, '1h'),
    ),
    false,
  ],
])('branches have states of their own, in a by for each key: %s', (_, once, separate) => {
  const each = by({ keys: 'host', separate }, split([above(5), pipe(once, state('big'))], throttle(1, '1h')))
  expect(flow(each, input, 9)).toEqual(['1 a 9 big', '3 a 1', '4 b 9 big'])
})

test('what a branch throws does not touch the others', () => {
  const rig = new Rig((rig) => [
    {
      stream: pipe(
        split(
          [
            above(5),
            filter<Event>(() => {
              throw new Error('broken')
            }),
          ],
          state('rest'),
        ),
        rig.note(),
      ),
    },
  ])
  for (const [second, parts] of input) rig.send(second, parts)
  expect(rig.seen).toEqual(['3 a 1 rest', '5 a 1 rest'])
  expect(rig.failures).toEqual(["rule 'rule 1', filter: broken (at a)"])
  expect(rig.fold.engine.rules[0]?.errors).toBe(3)
})
