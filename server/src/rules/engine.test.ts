import {
  debounceTime,
  interval,
  type MonoTypeOperatorFunction,
  pipe,
  map as rxMap,
  merge as rxMerge,
  scan,
  startWith,
  switchMap,
  throwError,
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { by } from '../streams/by.ts'
import { expired } from '../streams/expired.ts'
import { filter } from '../streams/filter.ts'
import { index } from '../streams/index-events.ts'
import { map } from '../streams/map.ts'
import { merge } from '../streams/merge.ts'
import { publish } from '../streams/publish.ts'
import { stable } from '../streams/stable.ts'
import { HOP_LIMIT, QUEUE_LIMIT } from './engine.ts'
import { Rig } from './rig.fixture.ts'
import { step } from './step.ts'

/** The metric becomes how many events have come. */
const count = (): MonoTypeOperatorFunction<Event> =>
  step<Event, Event, number>('count', [], {
    init: () => 0,
    event(before, event, context) {
      context.emit({ ...event, metric: before + 1 })
      return before + 1
    },
  })
/** An operator of RxJS's that throws at the state `bad`. */
const fragile = () =>
  rxMap((event: Event) => {
    if (event.state === 'bad') throw new Error('bad')
    return event
  })
const host = (name: string, state?: string): Partial<Event> => ({
  host: name,
  ...(state === undefined ? {} : { state }),
})

describe('a failure', () => {
  const broken = filter((event: Event) => {
    if (event.state === 'bad') throw new Error('no good')
    return true
  })

  test('drops that event there; later operators, rules and events go on', () => {
    const rig = new Rig((rig) => [{ stream: pipe(broken, rig.note('a')) }, { stream: rig.note('b') }])
    rig.send(1, host('x', 'bad'), host('y'))
    expect(rig.seen).toEqual(['1 b x bad', '1 a y', '1 b y'])
    expect(rig.fold.engine.rules).toMatchObject([
      { name: 'rule 1', events: 2, errors: 1 },
      { name: 'rule 2', events: 2, errors: 0 },
    ])
    expect(rig.fold.engine.counters.failures).toBe(1)
  })

  test('is shown as an event to all rules, once in ten seconds for each rule and operator', () => {
    const shown: string[] = []
    const rig = new Rig(() => [
      { stream: broken },
      {
        match: { service: 'weir/*' },
        stream: map((event) => {
          const { host, service, state, ttl, tags, attributes } = event
          shown.push(`${event.time / SECOND} ${event.description}`)
          expect({ host, service, state, ttl, tags, attributes }).toEqual({
            host: 'hub',
            service: 'weir/rule-error',
            state: 'warning',
            ttl: 60,
            tags: ['weir'],
            attributes: { rule: 'rule 1', step: 'filter' },
          })
        }),
      },
    ])
    for (const second of [1, 2, 10.999, 11, 15, 30])
      rig.send(second, { host: 'x', service: 's', state: 'bad' })
    expect(shown).toEqual([1, 11, 30].map((second) => `${second} rule 'rule 1', filter: no good (at x s)`))
    expect(rig.failures).toHaveLength(3)
    expect(rig.fold.engine.rules[0]?.errors).toBe(6)
  })

  test('in a rule that hears of failures does not go round in circles', () => {
    const rig = new Rig(() => [
      {
        match: {},
        stream: map(() => {
          throw new Error('always')
        }),
      },
    ])
    rig.send(1, host('x'))
    expect(rig.fold.engine.counters).toMatchObject({ events: 2, failures: 2 })
  })

  test('in a `where` of a match is one of that rule', () => {
    const rig = new Rig((rig) => [
      {
        match: {
          where: () => {
            throw new Error('asked')
          },
        },
        stream: rig.note('a'),
      },
      { stream: rig.note('b') },
    ])
    rig.send(1, host('x'))
    expect(rig.seen).toEqual(['1 b x'])
    expect(rig.failures[0]).toBe("rule 'rule 1', match: asked (at x)")
  })

  test('says no more than fits', () => {
    const rig = new Rig(() => [
      {
        stream: map(() => {
          throw new Error('x'.repeat(1_000_000))
        }),
      },
    ])
    rig.send(1, {})
    expect(rig.failures[0]?.length).toBeLessThan(1100)
  })

  test('whatever is thrown is told', () => {
    const rig = new Rig(() => [
      {
        stream: map(() => {
          throw undefined
        }),
      },
    ])
    rig.send(1, {})
    expect(rig.failures).toEqual(["rule 'rule 1', map: undefined"])
  })
})

describe("a throw in an operator of RxJS's ends the pipeline; it is built again", () => {
  const input: readonly Partial<Event>[] = [
    host('x'),
    host('x', 'bad'),
    host('x'),
    host('y', 'bad'),
    host('y'),
    host('x'),
  ]
  const last = (rig: Rig) => rig.seen.map((line) => line.split(' ').slice(-2).join(' '))

  test.each<[string, (rig: Rig) => MonoTypeOperatorFunction<Event>, readonly string[]]>([
    [
      'cells above it keep their state',
      (rig) => pipe(count(), fragile(), rig.note()),
      ['x 1', 'x 3', 'y 5', 'x 6'],
    ],
    [
      'cells below it keep their state',
      (rig) => pipe(fragile(), count(), rig.note()),
      ['x 1', 'x 2', 'y 3', 'x 4'],
    ],
    [
      'a by after it',
      (rig) => pipe(fragile(), by('host', count()), rig.note()),
      ['x 1', 'x 2', 'y 1', 'x 3'],
    ],
    [
      'a by before it',
      (rig) => pipe(by('host', count()), fragile(), rig.note()),
      ['x 1', 'x 3', 'y 2', 'x 4'],
    ],
    [
      'a by around it',
      (rig) => pipe(by('host', count(), fragile()), rig.note()),
      ['x 1', 'x 3', 'y 2', 'x 4'],
    ],
    [
      'a by around it and one after it',
      (rig) => pipe(by('host', fragile(), by('state', count())), rig.note()),
      ['x 1', 'x 2', 'y 1', 'x 3'],
    ],
    [
      'nested bys around it',
      (rig) => pipe(by('host', by('service', count(), fragile()), count()), rig.note()),
      ['x 1', 'x 2', 'y 1', 'x 3'],
    ],
    [
      'one inside a by and one after that by',
      (rig) =>
        pipe(
          by(
            'host',
            count(),
            rxMap((e) => e),
          ),
          fragile(),
          by(
            'host',
            count(),
            rxMap((e) => e),
          ),
          rig.note(),
        ),
      ['x 1', 'x 2', 'y 1', 'x 3'],
    ],
    [
      'two branches that throw at the same event',
      (rig) =>
        pipe(
          count(),
          merge(
            fragile(),
            pipe(
              fragile(),
              filter(() => false),
            ),
          ),
          rig.note(),
        ),
      ['x 1', 'x 3', 'y 5', 'x 6'],
    ],
  ])('%s', (_, stream, expected) => {
    for (const separate of [false, true]) {
      const rig = new Rig((rig) => [{ stream: stream(rig) }], { separate })
      for (const parts of input) rig.send(rig.now + 1, parts)
      expect(last(rig).map((line) => line.replace(/^\d+ /, ''))).toEqual(expected)
      expect(rig.failures.every((line) => line.endsWith(': bad'))).toBe(true)
    }
  })

  test('an operator inside of a by and one after it that throw at the same event', () => {
    const rig = new Rig((rig) => [
      {
        stream: pipe(
          by(
            'host',
            merge(
              rxMap((e: Event) => e),
              fragile(),
            ),
          ),
          fragile(),
          rig.note(),
        ),
      },
    ])
    rig.send(1, host('x', 'bad')).send(2, host('x'))
    expect(rig.seen).toEqual(['2 x', '2 x'])
  })

  test('what the ended pipeline had begun does not go on beside the new one', () => {
    const ticking = switchMap((event: Event) => interval(1000).pipe(rxMap(() => event)))
    for (const around of [
      (op: MonoTypeOperatorFunction<Event>) => op,
      (op: MonoTypeOperatorFunction<Event>) => by('host', op),
    ]) {
      const rig = new Rig((rig) => [{ stream: pipe(around(merge(ticking, fragile())), rig.note()) }])
      rig.send(1, host('x')).send(2.5, host('x', 'bad')).run(9)
      expect(rig.seen).toEqual(['1 x', '2 x'])
    }
  })

  test('what is published because of the same event finds it built', () => {
    const rig = new Rig((rig) => [
      { match: { state: 'bad' }, stream: publish((e) => ({ ...e, state: 'ok' })) },
      { stream: pipe(fragile(), rig.note()) },
    ])
    rig.send(1, host('x', 'bad'))
    expect(rig.seen).toEqual(['1 x ok'])
  })

  test('timers of our cells go on; what RxJS held is lost', () => {
    const rig = new Rig((rig) => [
      {
        stream: pipe(
          merge(
            stable('5s'),
            pipe(
              scan((sum: Event, e: Event) => ({ ...e, metric: (sum.metric ?? 0) + 1 })),
              fragile(),
            ),
          ),
          rig.note(),
        ),
      },
    ])
    rig.send(1, { state: 'ok', metric: 0 }).send(2, { state: 'ok', metric: 0 }).send(3, { state: 'bad' })
    rig.send(3.5, { state: 'ok', metric: 7 }).run(20)
    expect(rig.seen).toEqual(['1 0 ok', '2 1 ok', '3.5 7 ok', '8.5 7 ok'])
  })

  test("for a timer of RxJS's as well as for an event", () => {
    const rig = new Rig((rig) => [{ stream: by('host', count(), debounceTime(2000), fragile(), rig.note()) }])
    rig.send(1, host('x', 'bad'), host('y')).send(4, host('x'))
    rig.run(9)
    expect(rig.seen).toEqual(['3 y 1', '6 x 2'])
  })

  test('again and again while it fails as it is built, but once for each event', () => {
    const rig = new Rig(() => [
      { stream: pipe(startWith(makeEvent({ time: 0, state: 'bad' })), fragile()) },
      { stream: by('host', startWith(makeEvent({ time: 0, state: 'bad' })), fragile()) },
    ])
    const errors = () => rig.send(rig.now + 1, host('x')).fold.engine.rules.map(({ errors }) => errors)
    const [one = 0, other = 0] = errors()
    expect([errors(), errors()]).toEqual([
      [one + 1, other + 1],
      [one + 2, other + 2],
    ])
  })

  test('a rule whose operators throw as it is first built is refused by name', () => {
    expect(
      () =>
        new Rig(() => [
          {
            name: 'r',
            stream: () => {
              throw new Error('no operators')
            },
          },
        ]),
    ).toThrow("rule 'r': no operators")
  })

  test('a rule whose operators throw as it is built again is tried again', () => {
    let builds = 0
    const rig = new Rig((rig) => [
      {
        stream: (source) => {
          builds += 1
          if (builds === 2) throw new Error('not now')
          return source.pipe(fragile(), rig.note())
        },
      },
    ])
    rig.send(1, host('x', 'bad')).send(2, host('x')).send(3, host('x'))
    expect(rig.seen).toEqual(['2 x', '3 x'])
    expect([builds, rig.failures]).toEqual([3, ["rule 'rule 1', rule 1: bad"]])
  })

  test('observables that end, or throw at once, harm nobody', () => {
    const rig = new Rig((rig) => [
      { stream: switchMap(() => throwError(() => new Error('inner'))) },
      { stream: (source) => rxMerge(source, interval(1000)).pipe(switchMap(() => [])) },
      { stream: rig.note() },
    ])
    rig.send(1, host('x')).send(2, host('x'))
    expect(rig.seen).toEqual(['1 x', '2 x'])
  })
})

describe('what a rule publishes', () => {
  const hop = (limit: number) =>
    publish((e) => ((e.metric ?? 0) < limit ? { ...e, metric: (e.metric ?? 0) + 1 } : undefined))

  test('waits until the event that caused it has been through all rules', () => {
    const rig = new Rig((rig) => [{ stream: pipe(rig.note('1:'), hop(2)) }, { stream: rig.note('2:') }])
    rig.send(1, { metric: 1 })
    expect(rig.seen.map((line) => line.slice(2))).toEqual(['1: 1', '2: 1', '1: 2', '2: 2'])
  })

  test('comes in the order in which it was published, breadth first', () => {
    const rig = new Rig((rig) => [
      {
        stream: pipe(
          rig.note(),
          publish((e) => (e.service?.length === 3 ? undefined : { ...e, service: `${e.service}a` })),
          publish((e) => (e.service?.length === 3 ? undefined : { ...e, service: `${e.service}b` })),
        ),
      },
    ])
    rig.send(1, { service: 'x' })
    expect(rig.seen.join(' ')).toBe('1 x 1 xa 1 xb 1 xaa 1 xab 1 xba 1 xbb')
  })

  test('by a timer comes after that timer and before the next one', () => {
    const rig = new Rig((rig) => [
      {
        match: { tagged: 'in' },
        stream: by(
          'host',
          stable('5s'),
          rig.note('timer'),
          publish((e) => ({ ...e, tags: [] })),
        ),
      },
      { match: { not: { tagged: 'in' } }, stream: rig.note('heard') },
    ])
    rig.send(1, { host: 'a', tags: ['in'] }, { host: 'b', tags: ['in'] }).run(9)
    expect(rig.seen).toEqual(['6 timer a', '6 heard a', '6 timer b', '6 heard b'])
  })

  test('goes on for eight hops, and is then dropped, counted', () => {
    const rig = new Rig((rig) => [{ stream: pipe(rig.note(), hop(1000)) }])
    rig.send(1, { metric: 0 })
    expect(rig.seen).toHaveLength(1 + HOP_LIMIT)
    expect(rig.fold.engine.counters).toMatchObject({ derived: HOP_LIMIT, derivedDropped: 1 })
    rig.send(2, { metric: HOP_LIMIT + 1 })
    expect(rig.fold.engine.counters).toMatchObject({ derived: 2 * HOP_LIMIT, derivedDropped: 2 })
  })

  test('is no more than fits; the rest is dropped, counted', () => {
    const flood = publish((e) => (e.host === 'one' ? undefined : { ...e, host: 'one' }))
    const rig = new Rig((rig) => [
      {
        match: { host: 'many' },
        stream: (source) =>
          merge(
            ...Array.from({ length: 11 }, () =>
              source.pipe(
                switchMap((e) => Array.from({ length: QUEUE_LIMIT / 10 }, () => e)),
                flood,
              ),
            ),
          ),
      },
      { match: { host: 'after' }, stream: rig.note() },
    ])
    rig.send(1, host('many'), host('after'))
    expect(rig.fold.engine.counters).toMatchObject({ derived: QUEUE_LIMIT, derivedDropped: QUEUE_LIMIT / 10 })
    expect(rig.seen).toEqual(['1 after'])
  })

  test('in a circle through the index without a ttl does not stop the clock', () => {
    const rig = new Rig((rig) => [
      {
        stream: pipe(
          expired(),
          publish((e) => ({ ...e, state: 'again', ttl: 0 })),
        ),
      },
      { match: {}, stream: index() },
      { match: { host: 'other' }, stream: rig.note() },
    ])
    rig.send(1, { host: 'x', ttl: 1 }).run(10).send(11, host('other'))
    expect(rig.seen).toEqual(['11 other'])
    expect(rig.fold.clock.postponed).toBe(10)
    expect(rig.fold.index.lookup('hub', 'weir/timers-postponed')).toMatchObject({
      state: 'critical',
      metric: 9,
    })
  })
})
