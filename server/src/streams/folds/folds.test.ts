import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { LogicalClock } from '../../clock/logical.ts'
import { withClock } from '../../clock/rxjs.ts'
import * as folds from './index.ts'
import { LISTS, table } from './lists.fixture.ts'

const ND = 'An event or metric was nil.'
const ZD = "Can't divide by zero"

describe("folds are Riemann's", () => {
  // Columns: p4 q2 r8 | p4 q r8 | null q2 r8 | p q2 | nothing | p q | p4 q0 | null null | p4 | p3 q3 r1 s1 t7
  test.each<[string, Parameters<typeof table>[0], string]>([
    ['sum', folds.sum, 'p:14 | p:12 | q:10 | p:2 | nothing | p:0 | p:4 | nothing | p:4 | p:15'],
    [
      'sumStrict',
      folds.sumStrict,
      'p:14 | throws | throws | throws | –:0 | throws | p:4 | throws | p:4 | p:15',
    ],
    ['product', folds.product, 'p:64 | p:32 | q:16 | p:2 | nothing | p:1 | p:0 | nothing | p:4 | p:63'],
    [
      'productStrict',
      folds.productStrict,
      'p:64 | throws | throws | throws | –:1 | throws | p:0 | throws | p:4 | p:63',
    ],
    [
      'difference',
      folds.difference,
      `p:-6 | p:${ND} | nothing | p:${ND} | nothing | p:${ND} | p:4 | nothing | p:4 | p:-9`,
    ],
    [
      'differenceStrict',
      folds.differenceStrict,
      'p:-6 | throws | throws | throws | throws | throws | p:4 | throws | p:4 | p:-9',
    ],
    [
      'quotient',
      folds.quotient,
      `p:0.25 | p:${ND} | nothing | p:${ND} | nothing | p:${ND} | p:${ZD} | nothing | p:4 | p:0.14286`,
    ],
    [
      'quotientStrict',
      folds.quotientStrict,
      'p:0.25 | throws | throws | throws | throws | throws | throws | throws | p:4 | p:0.14286',
    ],
    [
      'quotientSloppy',
      folds.quotientSloppy,
      'p:0.25 | throws | nothing | throws | nothing | throws | p:0 | nothing | p:4 | p:0.14286',
    ],
    ['mean', folds.mean, 'p:4.6667 | p:6 | q:5 | p:2 | nothing | nothing | p:2 | nothing | p:4 | p:3'],
    ['median', folds.median, 'p:4 | r:8 | r:8 | q:2 | nothing | nothing | p:4 | nothing | p:4 | p:3'],
    ['minimum', folds.minimum, 'q:2 | p:4 | q:2 | q:2 | nothing | nothing | q:0 | nothing | p:4 | s:1'],
    ['maximum', folds.maximum, 'r:8 | r:8 | r:8 | q:2 | nothing | nothing | p:4 | nothing | p:4 | t:7'],
    ['mode', folds.mode, 'p:4 | p:4 | nothing | p:none | nothing | q:none | p:4 | nothing | p:4 | q:3'],
    [
      'modes',
      folds.modes,
      '[p:4 q:2 r:8] | [p:4 q:none r:8] | [nothing q:2 r:8] | [p:none q:2] | [] | [q:none] | [p:4 q:0] | [nothing] | [p:4] | [q:3 s:1]',
    ],
    // Riemann's throws where no event has a metric.
    [
      'stdDev',
      folds.stdDev,
      'p:2.4944 | p:2 | q:3 | p:0 | nothing | nothing | p:2 | nothing | p:0 | p:2.1909',
    ],
    ['count', folds.count, 'p:3 | p:3 | q:2 | p:2 | –:0 | p:2 | p:2 | –:0 | p:1 | p:5'],
  ])('%s', (_, fold, expected) => {
    expect(table(fold)).toBe(expected)
  })
})

test.each<[readonly (number | undefined)[], string]>([
  [[undefined, 0], ZD],
  [[undefined, 5, 0], ND],
  [[4, undefined, 0], ND],
  [[4, 0, undefined], ZD],
  [[undefined, undefined, 0], ND],
])('the quotient of %j says what is wrong first', (metrics, description) => {
  const made = folds.quotient(metrics.map((metric) => makeEvent({ time: 0, metric })))
  expect([made?.metric, made?.description]).toEqual([undefined, description])
})

test.each([folds.sumStrict, folds.productStrict, folds.differenceStrict, folds.quotientStrict])(
  'a strict fold throws where its only event has no metric, too',
  (fold) => {
    expect(() => fold([makeEvent({ time: 0 })])).toThrow()
    expect(() => fold([null])).toThrow()
  },
)

describe('a fold', () => {
  test('keeps the other fields of the event that it is made from, also its time', () => {
    const first = makeEvent({ time: 5, host: 'h', state: 'x', ttl: 9, tags: ['t'], metric: 1 })
    const others = [makeEvent({ time: 9, host: 'g', metric: 2 })]
    for (const fold of [folds.sum, folds.mean, folds.difference, folds.count])
      expect(fold([first, ...others])).toEqual({ ...first, metric: fold([first, ...others])?.metric })
    expect(folds.maximum([first, ...others])).toBe(others[0])
  })

  test('with a function of your own', () => {
    expect(table(folds.fold(Math.max))).toBe(
      'p:8 | p:8 | q:8 | p:2 | nothing | throws | p:4 | nothing | p:4 | p:7',
    )
    expect(table(folds.foldStrict(Math.min))).toBe(
      'p:2 | throws | throws | throws | throws | throws | p:0 | throws | p:4 | p:1',
    )
    expect(table(folds.foldAll((a, b) => a + b))).toBe(
      `p:14 | p:${ND} | nothing | p:${ND} | nothing | p:${ND} | p:4 | nothing | p:4 | p:15`,
    )
    // Where it is strict the first of equal ones is kept.
    expect(table(folds.extremum((metric, best) => metric < best))).toBe(
      'q:2 | p:4 | q:2 | q:2 | nothing | nothing | q:0 | nothing | p:4 | r:1',
    )
  })

  test('of one event without a metric, where none may be missing, is that event', () => {
    const lone = makeEvent({ time: 1, description: 'mine' })
    expect(folds.difference([lone])).toBe(lone)
    expect(folds.quotient([lone])).toBe(lone)
  })

  test('a zero that comes before a missing metric is found first, and after it too late', () => {
    const [zero, none, nine] = [0, undefined, 9].map((metric) => makeEvent({ time: 1, metric }))
    expect(folds.quotientSloppy([zero, none])?.metric).toBe(0)
    expect(() => folds.quotientSloppy([nine, none, zero])).toThrow('an event or a metric is missing')
  })

  test('of nothing is made at the present', () => {
    const clock = new LogicalClock(7_000_000)
    const made = withClock(clock, () => [folds.count([]), folds.sumStrict([])])
    expect(made).toEqual([
      makeEvent({ metric: 0, time: 7_000_000 }),
      makeEvent({ metric: 0, time: 7_000_000 }),
    ])
  })

  test('the metrics that there are', () => {
    expect(folds.metrics(LISTS.C)).toEqual([2, 8])
    expect(folds.metrics([])).toEqual([])
  })
})

describe('samples', () => {
  const shown = (events: readonly Event[]) => events.map(({ service, metric }) => `${service}:${metric}`)
  const four = [10, 20, 30, 40].map((metric) => makeEvent({ time: 0, service: 'q', metric }))

  test('stand at the floor of their share, the last one for 1', () => {
    expect(shown(folds.sortedSample([0, 0.24, 0.25, 0.74, 0.75, 0.999, 1])(four))).toEqual([
      'q 0:10',
      'q 0.24:10',
      'q 0.25:20',
      'q 0.74:30',
      'q 0.75:40',
      'q 0.999:40',
      'q 1:40',
    ])
  })

  test('have names where they are given, and their own with `sortedSampleExtract`', () => {
    expect(shown(folds.sortedSample([[0.5, '.mid']])(LISTS.A))).toEqual(['p.mid:4'])
    expect(shown(folds.sortedSampleExtract([0, 0.5, 1])(LISTS.J))).toEqual(['r:1', 'p:3', 't:7'])
  })

  test('leave out what has no metric', () => {
    expect(shown(folds.sortedSample([0, 1])(LISTS.C))).toEqual(['q 0:2', 'r 1:8'])
    expect([LISTS.E, LISTS.F, LISTS.H].map((list) => folds.sortedSample([0.5])(list))).toEqual([[], [], []])
  })

  test.each([-1, 2, Number.NaN])('a point of %d is refused', (point) => {
    expect(() => folds.sortedSample([point])).toThrow(
      `points have to be numbers from 0 to 1; one is ${point}`,
    )
    expect(() => folds.sortedSampleExtract([point])).toThrow('points have to be numbers from 0 to 1')
  })
})
