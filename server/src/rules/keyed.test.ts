import fc from 'fast-check'
import {
  bufferTime,
  combineLatest,
  debounceTime,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
  pipe,
  filter as rxFilter,
  map as rxMap,
  scan,
  startWith,
  take,
  zip,
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { changed } from '../streams/changed.ts'
import { filter } from '../streams/filter.ts'
import { map } from '../streams/map.ts'
import { merge } from '../streams/merge.ts'
import { notExpired } from '../streams/not-expired.ts'
import { rollup } from '../streams/rollup.ts'
import { severity } from '../streams/severity.ts'
import { stable } from '../streams/stable.ts'
import { below } from '../streams/threshold.ts'
import { throttle } from '../streams/throttle.ts'
import { withDefaults } from '../streams/with-defaults.ts'
import { flow, Rig } from './rig.fixture.ts'
import { step } from './step.ts'

type Op = MonoTypeOperatorFunction<Event>
const pass: Op = map((event) => event)

/** The metric becomes how many events have come. */
const count = () =>
  step<Event, Event, number>('count', [], {
    init: () => 0,
    event(before, event, context) {
      context.emit({ ...event, metric: before + 1 })
      return before + 1
    },
  })
const only = (host: string, metric?: number): Partial<Event> => ({
  host,
  ...(metric === undefined ? {} : { metric }),
})

describe('by', () => {
  test('each key has a state of its own; a missing value is a key, too', () => {
    const input = [
      [1, only('a')],
      [2, only('b')],
      [3, only('a')],
      [4, {}],
      [5, only('')],
      [6, {}],
    ] as const
    const expected = ['1 a 1', '2 b 1', '3 a 2', '4 1', '5  1', '6 2']
    expect(flow(by('host', count()), input, 9)).toEqual(expected)
    expect(
      flow(
        by(
          'host',
          count(),
          rxMap((e) => e),
        ),
        input,
        9,
      ),
    ).toEqual(expected)
  })

  test('several keys are no single text: no collisions, and a missing part is not an empty one', () => {
    const input = [
      [1, { host: 'a', service: 'b' }],
      [2, { host: 'ab', service: '' }],
      [3, { host: 'ab' }],
      [4, { service: 'ab' }],
      [5, { host: 'a', service: 'b' }],
      [6, { host: '__proto__', service: 'constructor' }],
      [7, { host: '__proto__', service: 'constructor' }],
    ] as const
    expect(flow(by(['host', 'service'], count()), input, 9).map((line) => line.split(' ').at(-1))).toEqual([
      '1',
      '1',
      '1',
      '1',
      '2',
      '1',
      '2',
    ])
  })

  test('by a function of the event', () => {
    const rack = (event: Event) => event.attributes.rack
    const at = (rack: string) => ({ attributes: Object.assign(Object.create(null), { rack }) })
    expect(
      flow(
        by(rack, count()),
        [
          [1, at('r1')],
          [2, at('r2')],
          [3, at('r1')],
          [4, {}],
        ],
        9,
      ),
    ).toEqual(['1 1', '2 1', '3 2', '4 1'])
  })

  test('a key that throws drops the event, leaves nothing behind, and is told', () => {
    const rig = new Rig((rig) => [
      {
        stream: by(
          [
            'host',
            (event) => {
              if (event.metric === 13) throw new Error('thirteen')
              return event.service
            },
          ],
          rig.note(),
        ),
      },
    ])
    rig.send(1, only('a', 13)).send(2, only('a', 1))
    expect(rig.seen).toEqual(['2 a 1'])
    expect(rig.failures).toEqual(["rule 'rule 1', by(host,fn): thirteen (at a)"])
    expect(rig.fold.engine.counters.groups).toBe(1)
  })

  test('nested: the inner keys are split anew within each outer one', () => {
    const inner = by('service', count())
    const input = ['ax', 'bx', 'ay', 'ax', 'bx', 'ax'].map(
      (name, n) => [n, { host: name.charAt(0), service: name.charAt(1) }] as const,
    )
    const expected = ['0 a x 1', '1 b x 1', '2 a y 1', '3 a x 2', '4 b x 2', '5 a x 3']
    expect(flow(by('host', inner), input, 9)).toEqual(expected)
    expect(flow(by('host', inner), input, 9, { separate: true })).toEqual(expected)
    expect(
      flow(
        by(
          'host',
          rxMap((e) => e),
          inner,
        ),
        input,
        9,
      ),
    ).toEqual(expected)
    expect(
      flow(
        by(
          'host',
          by(
            'service',
            rxMap((e) => e),
            count(),
          ),
        ),
        input,
        9,
      ),
    ).toEqual(expected)
  })

  test('what comes out of a timer of one key goes on as that key, and out of the by as none', () => {
    const input = [
      [1, { host: 'a', service: 'x', state: 'ok' }],
      [2, { host: 'b', service: 'x', state: 'ok' }],
      [3, { host: 'a', service: 'y', state: 'ok' }],
    ] as const
    const chain = by('host', by('service', stable('5s')), count())
    const expected = ['6 a x 1 ok', '7 b x 1 ok', '8 a y 2 ok']
    expect(flow(chain, input, 20)).toEqual(expected)
    expect(flow(chain, input, 20, { separate: true })).toEqual(expected)
    expect(flow(pipe(chain, count()), input, 20)).toEqual(['6 a x 1 ok', '7 b x 2 ok', '8 a y 3 ok'])
  })
})

describe("RxJS's operators inside of by", () => {
  test('work per key', () => {
    const input = [
      [1, only('a', 1)],
      [2, only('b', 2)],
      [3, only('a', 3)],
      [9, only('b', 4)],
    ] as const
    expect(flow(by('host', debounceTime(3000)), input, 20)).toEqual(['5 b 2', '6 a 3', '12 b 4'])
    const sum = pipe(
      scan((sum: number, e: Event) => sum + (e.metric ?? 0), 0),
      rxMap((sum) => `sum ${sum}`),
    )
    expect(flow(by('host', sum), input, 20)).toEqual(['1 sum 1', '2 sum 2', '3 sum 4', '9 sum 6'])
    expect(flow(by('host', take(1)), input, 20)).toEqual(['1 a 1', '2 b 2'])
    expect(
      flow(
        by(
          'host',
          bufferTime(4000),
          rxFilter((list) => list.length > 0),
        ),
        input,
        20,
      ),
    ).toEqual(['5 [a 1 a 3]', '6 [b 2]', '10 [b 4]'])
  })

  test("streams that RxJS's own functions put together are seen as foreign, too", () => {
    const pair: OperatorFunction<Event, unknown> = (source) => zip(source.pipe(count()), source)
    const latest: OperatorFunction<Event, unknown> = (source) => combineLatest([source, source.pipe(count())])
    const input = [
      [1, only('a', 7)],
      [2, only('b', 8)],
      [3, only('a', 9)],
    ] as const
    expect(flow(by('host', pair), input, 9)).toEqual(['1 [a 1 a 7]', '2 [b 1 b 8]', '3 [a 2 a 9]'])
    expect(flow(by('host', latest), input, 9).at(-1)).toEqual('3 [a 9 a 2]')
    const rig = new Rig(() => [
      { stream: by('host', pair) },
      { stream: pair },
      { stream: by('host', count()) },
    ])
    expect(rig.fold.engine.rules.map((rule) => rule.volatile)).toEqual([true, true, false])
  })

  test('what they emit when they are built belongs to its key', () => {
    const first = makeEvent({ time: 0, metric: 0 })
    expect(
      flow(
        by('host', startWith(first), count()),
        [
          [1, only('a')],
          [2, only('b')],
          [3, only('a')],
        ],
        9,
      ),
    ).toEqual(['1 1', '1 a 2', '2 1', '2 b 2', '3 a 3'])
  })

  test('above it go on when a new key comes', () => {
    expect(
      flow(
        pipe(
          rxFilter(() => true),
          by(
            'host',
            rxMap((e) => e),
          ),
        ),
        [
          [1, only('a')],
          [2, only('b')],
          [3, only('a')],
          [4, only('c')],
        ],
        9,
      ),
    ).toEqual(['1 a', '2 b', '3 a', '4 c'])
  })
})

describe('groups are bounded', () => {
  const groups = (rig: Rig) => rig.fold.engine.counters.groups
  /** A by whose groups leave after 10 s. */
  const idle = (op: OperatorFunction<Event, unknown>) =>
    new Rig((rig) => [{ stream: (source) => source.pipe(by({ keys: 'host', idle: '10s' }, op), rig.note()) }])

  test('those in which nothing came for `idle` leave, looked at once in that time', () => {
    const rig = idle(count())
    rig.send(1, only('a'), only('b')).send(9, only('b'))
    expect([groups(rig.run(11)), groups(rig.run(20)), groups(rig.run(21))]).toEqual([1, 1, 0])
    rig.send(30, only('a')).send(31, only('b'))
    expect(rig.seen.slice(-2)).toEqual(['30 a 1', '31 b 1'])
  })

  test('and take their timers and pipelines with them', () => {
    const rig = idle(
      pipe(
        rxMap((e) => e),
        count(),
      ),
    )
    rig.send(1, only('a')).run(100)
    expect([groups(rig), rig.fold.clock.timers]).toEqual([0, 0])
  })

  test('never with a pending timer', () => {
    const rig = idle(stable('60s'))
    rig.send(1, { host: 'a', state: 'ok' })
    expect(groups(rig.run(60.5))).toBe(1)
    rig.run(100)
    expect(rig.seen).toEqual(['61 a ok'])
    expect(groups(rig)).toBe(0)
  })

  test("never with a pending timer of RxJS's either, of its own or after a by or step of ours", () => {
    for (const op of [
      debounceTime<Event>(60_000),
      pipe(debounceTime<Event>(20_000), debounceTime<Event>(40_000)),
      pipe(by({ keys: 'service', idle: '10s' }, debounceTime<Event>(20_000)), debounceTime<Event>(40_000)),
      pipe(stable('20s'), debounceTime<Event>(40_000)),
      pipe(by('service', count()), debounceTime<Event>(60_000)),
      pipe(
        by(
          'service',
          rxMap((e: Event) => e),
        ),
        debounceTime<Event>(60_000),
      ),
      pipe(by('service', by('state', debounceTime<Event>(20_000))), debounceTime<Event>(40_000)),
    ]) {
      const rig = idle(op)
      rig.send(1, { host: 'a', state: 'ok' })
      expect(groups(rig.run(60.5))).toBeGreaterThan(0)
      rig.run(300_000)
      expect(rig.seen).toHaveLength(1)
      expect(rig.seen[0]).toMatch(/^61 a/)
      expect(groups(rig)).toBe(0)
    }
  })

  test('those whose RxJS timer only repeats itself leave', () => {
    const rig = idle(bufferTime(3000))
    rig.send(1, only('a')).run(50)
    expect([groups(rig), rig.fold.clock.timers]).toEqual([0, 0])
  })

  test('never while an alert of theirs is open; after it is over they do', () => {
    const rig = idle(alert({ summary: 'x', notify: [] }))
    rig.send(1, { host: 'a', state: 'critical' }, { host: 'b', state: 'ok' }).run(100)
    expect([groups(rig), rig.fold.book.size]).toEqual([1, 1])
    rig.send(101, { host: 'a', state: 'ok' }).run(200)
    expect([groups(rig), rig.fold.book.size]).toEqual([0, 0])
  })

  test('an outer group stays while an inner one is there', () => {
    const rig = new Rig(() => [
      { stream: by({ keys: 'host', idle: '10s' }, by({ keys: 'service', idle: '50s' }, count())) },
    ])
    rig.send(1, { host: 'a', service: 'x' })
    expect([groups(rig.run(50)), groups(rig.run(51))]).toEqual([2, 0])
    expect(rig.fold.clock.timers).toBe(0)
  })

  test('time in which the hub could not listen is not idle', () => {
    const rig = idle(count())
    rig.send(1, only('a'))
    rig.fold.gap(1000 * SECOND)
    rig.send(1005, only('b'))
    expect(rig.seen).toEqual(['1 a 1', '1005 b 1'])
    rig.send(1009.5, only('a'))
    expect(rig.seen.at(-1)).toBe('1009.5 a 2')
  })

  test('a maximum refuses new keys, counted and told; known ones go on', () => {
    for (const separate of [false, true]) {
      const rig = new Rig(
        (rig) => [{ stream: by({ keys: ['host', 'service'], max: 2 }, count(), rig.note()) }],
        {
          separate,
        },
      )
      rig.send(1, only('a'), only('b'), only('c'), only('d'), only('a'))
      expect(rig.seen).toEqual(['1 a 1', '1 b 1', '1 a 2'])
      expect(rig.fold.engine.counters).toMatchObject({ groups: 2, groupsRefused: 2 })
      expect(rig.failures).toEqual([
        "rule 'rule 1', by(host,service): more than 2 groups; an event of a new key was dropped",
      ])
    }
  })

  test('and so does one over all bys, however they are nested', () => {
    const rig = new Rig((rig) => [{ stream: by('host', by('service', count(), rig.note())) }], {
      groupLimit: 4,
    })
    const cross = ['a', 'b', 'c'].flatMap((host) => ['x', 'y'].map((service) => ({ host, service })))
    rig.send(1, ...cross, { host: 'a', service: 'x' })
    expect(rig.seen).toEqual(['1 a x 1', '1 a y 1', '1 a x 2'])
    expect(rig.fold.engine.counters).toMatchObject({ groups: 4, groupsRefused: 4 })
  })
})

describe('one pipeline for all keys, or one for each', () => {
  const flat: OperatorFunction<readonly Event[], Event> = map((list) => ({
    ...(list[0] ?? makeEvent({ time: 0 })),
    metric: list.length,
  }))
  const ops: fc.Arbitrary<() => Op> = fc.constantFrom<(() => Op)[]>(
    () => count(),
    () => stable('3s'),
    () => stable('2s', (event) => event.metric, { buffer: 2 }),
    () => throttle(2, '5s'),
    () => pipe(rollup<Event>(1, '4s'), flat),
    () => pipe(rollup<Event>(2, '7s', { max: 2 }), flat),
    () => severity({ critical: below(3), warning: below(6) }, { for: '3s', clearFor: '2s' }),
    () => changed((event) => event.state, { init: 'ok' }),
    () => changed((event) => event.metric),
    () => filter((event) => event.metric !== 5),
    () => notExpired(),
    () => withDefaults({ state: 'ok', metric: 3 }),
    () =>
      map((event) => {
        if (event.metric === 9) throw new Error('nine')
        return { ...event, metric: (event.metric ?? 0) + 1 }
      }),
    () => by('service', count()),
    () => by(['state', 'service'], stable('2s'), throttle(1, '3s')),
    () =>
      by({ keys: 'service', idle: '4s', max: 2 }, severity({ warning: below(5) }, { for: '2s' }), count()),
    () =>
      merge(
        filter((event) => event.state === 'ok'),
        pipe(stable('4s'), count()),
      ),
  )
  const arrivals = fc.array(
    fc.record({
      wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
      host: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      service: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
      state: fc.option(fc.constantFrom('ok', 'bad', 'expired'), { nil: undefined }),
      metric: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
      early: fc.integer({ min: -2, max: 2 }),
    }),
    { maxLength: 50 },
  )
  const keyings = fc.constantFrom(
    { keys: 'host' as const },
    { keys: ['host' as const, 'service' as const] },
    { keys: 'host' as const, idle: '6s' as const },
    { keys: 'host' as const, max: 2 },
  )

  test('give the same, for any operators and events', () => {
    fc.assert(
      fc.property(
        keyings,
        fc.array(ops, { minLength: 1, maxLength: 4 }),
        arrivals,
        (keying, chain, input) => {
          const seen = [false, true].map((separate) => {
            const [a, b = pass, c = pass, d = pass] = chain.map((op) => op())
            if (a === undefined) return []
            const rig = new Rig(
              (rig) => [
                {
                  stream: (source) =>
                    source.pipe(by(keying, a, b, c, d), rig.note('out'), count(), rig.note('all')),
                },
              ],
              { separate },
            )
            let time = 10
            for (const { wait, early, ...parts } of input) {
              time += wait / 10
              rig.send(time, { ...parts, time: Math.round((time - early) * SECOND) })
            }
            rig.run(time + 60)
            return [
              ...rig.seen,
              ...rig.failures,
              `${rig.fold.engine.counters.groups} groups`,
              `${rig.fold.clock.timers} timers`,
            ]
          })
          expect(seen[1]).toEqual(seen[0])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('keys do not touch each other: the same as a rule of its own for each', () => {
    fc.assert(
      fc.property(fc.array(ops, { minLength: 1, maxLength: 3 }), arrivals, (chain, input) => {
        const split = (rig: Rig) => {
          const [a, b = pass, c = pass] = chain.map((op) => op())
          return a === undefined ? rig.note<Event>() : by('host', a, b, c, rig.note())
        }
        const one = new Rig((rig) => [{ stream: split(rig) }])
        const each = new Rig((rig) =>
          ['a', 'b', 'c', undefined].map((host) => ({
            match: { where: (event) => event.host === host, not: { tagged: 'weir' } },
            stream: split(rig),
          })),
        )
        for (const rig of [one, each]) {
          let time = 10
          for (const { wait, early, ...parts } of input) {
            time += wait / 10
            rig.send(time, { ...parts, time: Math.round((time - early) * SECOND) })
          }
          rig.run(time + 60)
        }
        expect(one.seen.toSorted()).toEqual(each.seen.toSorted())
      }),
      { numRuns: 300 },
    )
  })
})
