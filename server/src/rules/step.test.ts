import {
  catchError,
  defer,
  type OperatorFunction,
  pipe,
  retry,
  map as rxMap,
  merge as rxMerge,
  share,
  switchMap,
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { loadFold, saveFold } from '../checkpoint.ts'
import { SECOND } from '../clock/duration.ts'
import { WeirError } from '../errors.ts'
import { by } from '../streams/by.ts'
import { map } from '../streams/map.ts'
import { merge } from '../streams/merge.ts'
import { flow, metrics, Rig, show } from './rig.fixture.ts'
import { type StepSpec, step } from './step.ts'

/** Emits how many events have come, and throws at the metric 13. */
const count = (spec: Partial<StepSpec<Event, number, number>> = {}) =>
  step<Event, number, number>('count', [], {
    init: () => 0,
    event(before, event, context) {
      if (event.metric === 13) throw new Error('thirteen')
      context.emit(before + 1)
      return before + 1
    },
    ...spec,
  })

describe('a step', () => {
  test('has a state that goes from event to event', () => {
    expect(flow(count(), metrics([1, 5], [2, 5], [3, 5]), 9)).toEqual(['1 1', '2 2', '3 3'])
  })

  test('begins with a state of when its first event came, or of when its group began if it is eager', () => {
    const when = (eager: boolean) =>
      step<Event, string, number>('when', [], {
        eager,
        init: (now) => now / SECOND,
        event(began, _, context) {
          context.emit(`began at ${began}`)
          return began
        },
      })
    const odd = by(
      (event) => event.host,
      count(),
      map(() => ({ metric: 0 }) as Event),
      when(true),
    )
    expect(flow(when(false), metrics([7, 1], [8, 1]), 9)).toEqual(['7 began at 7', '8 began at 7'])
    expect(flow(when(true), metrics([7, 1]), 9)).toEqual(['7 began at 0'])
    expect(
      flow(
        odd,
        [
          [3, { host: 'a' }],
          [5, { host: 'b' }],
          [8, { host: 'a' }],
        ],
        9,
      ),
    ).toEqual(['3 began at 3', '5 began at 5', '8 began at 3'])
  })

  test('sees its own due time as now when its timer fires, and the arrival of an event otherwise', () => {
    const late = step<Event, string, number>('late', [], {
      init: () => 0,
      event(_, event, context) {
        context.wakeAt(context.now + 5 * SECOND)
        return event.metric ?? 0
      },
      timer(metric, context) {
        context.emit(`${metric} at ${context.now / SECOND}`)
        return metric
      },
    })
    expect(flow(late, metrics([1, 10], [3, 20], [30, 30]), 100)).toEqual(['8 20 at 8', '35 30 at 35'])
  })

  test('whose timer repeats keeps its turn among those due at the same moment, also after a restart', () => {
    const often = step<Event, string, null>('often', [], {
      eager: true,
      init: () => null,
      wake: (now) => now + 2 * SECOND,
      event: (state) => state,
      timer(state, context) {
        context.wakeAgain(context.now + 2 * SECOND)
        context.emit('often')
        return state
      },
    })
    const once = step<Event, string, null>('once', [], {
      init: () => null,
      event(state, _, context) {
        context.wakeAt(context.now + 3 * SECOND)
        return state
      },
      timer(state, context) {
        context.emit('once')
        return state
      },
    })
    const both = () => new Rig((rig) => [{ stream: merge(pipe(often, rig.note()), pipe(once, rig.note())) }])
    const rig = both().send(1, {})
    const restored = both()
    loadFold(restored.fold, JSON.parse(JSON.stringify(saveFold(rig.fold))))
    const seen = ['2 often', '4 often', '4 once', '6 often']
    expect([rig.run(6).seen, restored.run(6).seen]).toEqual([seen, seen])
  })

  test('that says what failed goes on, counted and shown', () => {
    const lossy = step<Event, number, number>('lossy', [], {
      init: () => 0,
      event(before, _, context) {
        context.failed(`${before} was lost`)
        context.emit(before + 1)
        return before + 1
      },
    })
    expect(flow(lossy, metrics([1, 5], [2, 5]), 9)).toEqual([
      '1 1',
      '2 2',
      "rule 'rule 1', lossy: 0 was lost",
    ])
  })

  test('knows the keys of the bys around it, outermost first', () => {
    const keys = step<Event, string, null>('keys', [], {
      init: () => null,
      event(state, _, context) {
        context.emit(JSON.stringify(context.keys.map((key) => key ?? null)))
        return state
      },
    })
    const input = [
      [1, { host: 'h', service: 's', state: 'x' }],
      [2, {}],
    ] as const
    expect(flow(keys, input, 3)).toEqual(['1 []', '2 []'])
    expect(flow(by(['service', 'host'], by('state', keys)), input, 3)).toEqual([
      '1 ["s","h","x"]',
      '2 [null,null,null]',
    ])
  })

  test('applied twice is two nodes; applied once with two subscribers is one', () => {
    const twice = new Rig((rig) => [
      { stream: (source) => merge(source.pipe(count(), rig.note('a')), source.pipe(count(), rig.note('b'))) },
    ])
    expect(twice.send(1, {}).send(2, {}).seen).toEqual(['1 a 1', '1 b 1', '2 a 2', '2 b 2'])
    const once = new Rig((rig) => [
      {
        stream: (source) => {
          const counted = source.pipe(count())
          return merge(
            counted.pipe(rig.note('a')),
            counted.pipe(
              rxMap((n) => n * 10),
              rig.note('b'),
            ),
            counted,
          )
        },
      },
    ])
    expect(once.send(1, {}).send(2, {}).seen).toEqual(['1 a 1', '1 b 10', '2 a 2', '2 b 20'])
    expect(once.fold.engine.runs[0]?.scope.nodes).toHaveLength(1)
  })

  test('has an address: the chain of operators above it', () => {
    const rig = new Rig(() => [
      {
        name: 'r',
        stream: (source) =>
          source.pipe(
            count(),
            rxMap(() => ({}) as Event),
            by(
              'host',
              map((e) => e),
              count(),
            ),
          ),
      },
    ])
    const [outer, split] = rig.fold.engine.runs[0]?.scope.nodes ?? []
    expect(outer?.path).toEqual(['r'])
    expect(split?.path).toEqual(['r', 'count', 'rxjs'])
    expect(split?.inner?.map(({ name, path }) => [name, path])).toEqual([
      ['count', ['r', 'count', 'rxjs', 'by(host)', 'map']],
    ])
  })
})

describe('a step that throws', () => {
  const input = metrics([1, 5], [2, 13], [3, 5])

  test('drops that event there and keeps its state; counted and told', () => {
    expect(flow(count(), input, 9)).toEqual(['1 1', '3 2', "rule 'rule 1', count: thirteen"])
  })

  test('when its state is made: drops the event', () => {
    let broken = true
    const init = () => {
      if (broken) throw new Error('no state')
      return 0
    }
    const rig = new Rig((rig) => [
      { stream: (source) => source.pipe(count({ init }), rig.note()) },
      { stream: rig.note('other') },
    ])
    rig.send(1, {})
    broken = false
    rig.send(2, {})
    expect(rig.seen).toEqual(['1 other', '2 1', '2 other'])
    expect(rig.failures).toEqual(["rule 'rule 1', count: no state"])
  })

  test('when a group with its eager state is made: drops the event, and the group is made by the next', () => {
    let broken = true
    const init = () => {
      if (broken) throw new Error('no state')
      return 0
    }
    const rig = new Rig((rig) => [{ stream: by('host', count({ init, eager: true }), rig.note()) }])
    rig.send(1, { host: 'a' })
    expect(rig.fold.engine.counters.groups).toBe(0)
    broken = false
    rig.send(2, { host: 'a' })
    expect(rig.seen).toEqual(['2 1'])
  })

  test('in its timer: keeps its state, and the timer can be set again', () => {
    const fragile = count({
      event(before, _, context) {
        context.wakeAt(context.now + SECOND)
        return before + 1
      },
      timer(state, context) {
        if (state === 1) throw new Error('at one')
        context.emit(state)
        return state
      },
    })
    expect(flow(fragile, metrics([1, 0], [5, 0]), 9)).toEqual(['6 2', "rule 'rule 1', count: at one"])
  })

  test('for a due time that is not a number', () => {
    const lost = count({
      event(before, event, context) {
        context.wakeAt(event.metric === 1 ? Number.NaN : context.now)
        return before + 1
      },
      timer(state, context) {
        context.emit(state)
        return state
      },
    })
    expect(flow(lost, metrics([1, 1], [2, 2]), 9)).toEqual([
      '2 1',
      "rule 'rule 1', count: a timer has to be due at some time; this is not a number",
    ])
  })
})

describe('outside of a rule', () => {
  test.each<[string, (source: Parameters<ReturnType<typeof count>>[0]) => unknown]>([
    ['inside switchMap', (source) => source.pipe(switchMap(() => source.pipe(count())))],
    [
      'on an inner observable',
      (source) =>
        source.pipe(
          switchMap((e) => [e]),
          switchMap((e) => by('host', count())(rxMerge([e]))),
        ),
    ],
  ])('%s: refused, told, and the rule goes on', (_, stream) => {
    const rig = new Rig((rig) => [{ stream: stream as never }, { stream: rig.note() }])
    rig.send(1, { metric: 1 }).send(2, { metric: 2 })
    expect(rig.seen).toEqual(['1 1', '2 2'])
    expect(rig.fold.engine.rules[0]).toMatchObject({ errors: 2 })
    expect(rig.failures[0]).toContain('built while events flow')
  })

  test('inside defer: the rule is refused', () => {
    const stream: OperatorFunction<Event, unknown> = (source) => defer(() => source.pipe(count()))
    expect(() => new Rig(() => [{ name: 'r', stream }])).toThrow(/rule 'r': count: built while events flow/)
    const rig = new Rig(() => [{ stream: by('host', stream) }])
    rig.send(1, { host: 'a' })
    expect(rig.failures[0]).toContain('count: built while events flow')
  })

  test("after RxJS's own merge: the rule is refused with what to do", () => {
    expect(
      () => new Rig(() => [{ name: 'r', stream: (source) => rxMerge(source, source).pipe(count()) }]),
    ).toThrow(/rule 'r': count: .*merge/)
  })

  test('on a stream that is kept for later', () => {
    let kept: Parameters<ReturnType<typeof count>>[0] | undefined
    new Rig(() => [
      {
        stream: (source) => {
          kept = source
          return source
        },
      },
    ])
    const late = () => kept?.pipe(count())
    expect(late).toThrow(WeirError)
    expect(late).toThrow(/^count: /)
  })
})

test("RxJS's retry and catchError leave cells as they are: an event is lost, no state", () => {
  const fragile = rxMap((n: number) => {
    if (n === 2) throw new Error('two')
    return n
  })
  for (const again of [
    retry<number>(),
    catchError<number, never>((_, caught) => caught as never),
    share<number>(),
  ]) {
    const rig = new Rig((rig) => [{ stream: (source) => source.pipe(count(), fragile, again, rig.note()) }])
    for (const second of [1, 2, 3, 4]) rig.send(second, { metric: 0 })
    expect(rig.seen).toEqual(['1 1', '3 3', '4 4'])
  }
})

test('show', () => {
  expect(show([{ host: 'h', metric: 1 }, 2])).toBe('[h 1 2]')
})
