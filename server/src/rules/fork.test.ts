import { type OperatorFunction, pipe, map as rxMap } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { map } from '../streams/map.ts'
import { throttle } from '../streams/throttle.ts'
import { fork } from './fork.ts'
import { flow, metrics, Rig } from './rig.fixture.ts'

const say = (text: string): OperatorFunction<Event, string> => map((event) => `${text}${event.metric}`)

/** Small metrics go to the first branch, 13 nowhere, others to both, the second one first. */
const bySize = (...branches: readonly OperatorFunction<Event, string>[]) =>
  fork<Event, Event, string>('bySize', branches, (event, [first, second]) => {
    if (event.metric === 13) throw new Error('thirteen')
    if ((event.metric ?? 0) > 5) second?.next(event)
    first?.next(event)
  })

const input = metrics([1, 1], [2, 13], [3, 6])

describe('a fork', () => {
  test('gives each value to the branches that it chooses, and passes what comes out of them', () => {
    expect(flow(bySize(say('a'), say('b')), input, 9)).toEqual([
      '1 a1',
      '3 b6',
      '3 a6',
      "rule 'rule 1', bySize: thirteen",
    ])
  })

  test('keeps a rule from being volatile, unless a branch makes it so', () => {
    const foreign = pipe(
      rxMap((event: Event) => event),
      say('b'),
    )
    const rig = new Rig(() => [{ stream: bySize(say('a'), say('b')) }, { stream: bySize(say('a'), foreign) }])
    expect(rig.fold.engine.rules.map(({ volatile }) => volatile)).toEqual([false, true])
  })

  test('goes on when an operator of RxJS in a branch throws; the others keep their states', () => {
    let broken = true
    const fragile = rxMap((event: Event) => {
      if (broken) throw new Error('below')
      return event
    })
    const rig = new Rig((rig) => [
      { stream: pipe(bySize(pipe(throttle(3, '1h'), say('a')), pipe(fragile, say('b'))), rig.note()) },
    ])
    rig.send(1, { metric: 1 }).send(2, { metric: 7 })
    broken = false
    rig.send(3, { metric: 8 }).send(4, { metric: 2 })
    expect(rig.seen).toEqual(['1 a1', '2 a7', '3 b8', '3 a8'])
    expect(rig.failures).toEqual(["rule 'rule 1', rule 1: below"])
  })

  test('is refused outside of a rule', () => {
    expect(() => bySize(say('a'))(undefined as never)).toThrow(/^bySize: built while events flow/)
  })
})
