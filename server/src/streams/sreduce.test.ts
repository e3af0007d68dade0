import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { metrics } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { outByHost, outOf } from './operator.fixture.ts'
import { sreduce } from './sreduce.ts'

const sum = (before: Event, event: Event): Event => {
  if (event.metric === undefined) throw new Error('no metric')
  return { ...event, metric: (before.metric ?? 0) + event.metric }
}

test('without a start the first value is kept and not passed', () => {
  expect(outOf(sreduce(sum), metrics([1, 10], [2, 1], [3, 2]), 9)).toEqual(['2: 11 @2', '3: 13 @3'])
})

test('with a start every value passes a result, of any kind', () => {
  expect(
    outOf(
      sreduce((count) => count + 1, 0),
      metrics([1, 10], [2, 1]),
      9,
    ),
  ).toEqual(['1: 1', '2: 2'])
  const longest = sreduce(
    (most: string | null, { host = '' }: Event) => (host > (most ?? '') ? host : most),
    null,
  )
  expect(
    outOf(
      longest,
      [
        [1, {}],
        [2, { host: 'b' }],
        [3, { host: 'a' }],
      ],
      9,
    ),
  ).toEqual(['1: null', '2: b', '3: b'])
})

test('what is thrown drops that value, and what came so far stays', () => {
  expect(
    outOf(
      sreduce(sum),
      [
        [1, { metric: 4 }],
        [2, {}],
        [3, { metric: 5 }],
      ],
      9,
    ),
  ).toEqual(['3: 9 @3', "rule 'rule 1', sreduce: no metric"])
})

test('each key of a by has its own', () => {
  const input = [
    [1, { host: 'a', metric: 1 }],
    [2, { host: 'b', metric: 10 }],
    [3, { host: 'a', metric: 2 }],
    [4, { host: 'b', metric: 20 }],
  ] as const
  expect(outByHost(sreduce(sum), input, 9)).toEqual(['3: a 3 @3', '4: b 30 @4'])
})

test('its types need no annotation', () => {
  by(
    'host',
    pipe(
      sreduce((before, event: Event) => ({ ...event, metric: (before.metric ?? 0) + 1 })),
      sreduce((count, event) => count + (event.metric ?? 0), 0),
    ),
  )
})
