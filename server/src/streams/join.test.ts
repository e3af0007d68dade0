import fc from 'fast-check'
import { pipe } from 'rxjs'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, flow, Rig } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { type JoinOptions, join, type Pairing } from './join.ts'
import { map } from './map.ts'
import { outByHost, outOf, plainOf } from './operator.fixture.ts'

/** Written as `host service`; `a` events are left, `b` events right, and the metric tells them apart. */
const at = (second: number, name: 'a' | 'b' | 'both' | 'other', metric: number, host = 'x'): Arrival => [
  second,
  { host, service: name, metric },
]
const A = { service: /^(a|both)$/ }
const B = { service: /^(b|both)$/ }

const joined = (options: Partial<JoinOptions<'left' | 'right' | 'both'>> = {}) =>
  pipe(
    join(A, B, { key: 'host', within: '5s', ...options }),
    map(([left, right]) => `${left?.metric ?? '-'} ${right?.metric ?? '-'}`),
  )

const cases = (
  pairing: Pairing,
  table: readonly (readonly [string, readonly Arrival[], readonly string[], readonly string[]])[],
) =>
  describe(pairing, () => {
    test.each(table)('%s', (_, input, pairs, alone) => {
      expect(outOf(joined({ pairing }), input, 60, { eager: true })).toEqual(pairs)
      const all = outOf(joined({ pairing, unmatched: 'both' }), input, 60, { eager: true })
      expect(all.filter((line) => line.includes('-'))).toEqual(alone)
      expect(all.filter((line) => !line.includes('-'))).toEqual(pairs)
      const left = outOf(joined({ pairing, unmatched: 'left' }), input, 60, { eager: true })
      expect(left).toEqual(all.filter((line) => !line.includes(': -')))
      const right = outOf(joined({ pairing, unmatched: 'right' }), input, 60, { eager: true })
      expect(right).toEqual(all.filter((line) => !line.endsWith('-')))
    })
  })

cases('once', [
  ['nothing comes of nothing', [], [], []],
  ['the left one first', [at(1, 'a', 1), at(5, 'b', 2)], ['5: 1 2'], []],
  ['the right one first', [at(1, 'b', 2), at(5, 'a', 1)], ['5: 1 2'], []],
  ['at the same moment', [at(1, 'b', 2), at(1, 'a', 1)], ['1: 1 2'], []],
  ['a moment before the time is over', [at(1, 'a', 1), at(5.999999, 'b', 2)], ['5.999999: 1 2'], []],
  ['exactly when it is over is too late', [at(1, 'a', 1), at(6, 'b', 2)], [], ['6: 1 -', '11: - 2']],
  [
    'each is in one pair, the oldest first',
    [at(1, 'a', 1), at(2, 'a', 2), at(3, 'b', 3), at(4, 'b', 4), at(5, 'b', 5)],
    ['3: 1 3', '4: 2 4'],
    ['10: - 5'],
  ],
  [
    'by key',
    [at(1, 'a', 1, 'x'), at(2, 'a', 2, 'y'), at(3, 'b', 3, 'y'), at(4, 'b', 4, 'z')],
    ['3: 2 3'],
    ['6: 1 -', '9: - 4'],
  ],
  [
    'those of which the time is over together come in the order in which they came',
    [at(1, 'b', 1, 'z'), at(1, 'a', 2, 'y'), at(1, 'a', 3, 'z'), at(1, 'a', 4, 'x'), at(1, 'b', 5, 'w')],
    ['1: 3 1'],
    ['6: 2 -', '6: 4 -', '6: - 5'],
  ],
  [
    'what is neither is left out, what is both is a left one',
    [at(1, 'other', 1), at(2, 'both', 2), at(3, 'both', 3), at(4, 'b', 4)],
    ['4: 2 4'],
    ['8: 3 -'],
  ],
  [
    'an expired event takes no part, and ends nothing',
    [
      [1, { host: 'x', service: 'a', metric: 1, ttl: 2 }],
      [3, { host: 'x', service: 'a', state: 'expired' }],
      [4, { host: 'x', service: 'b', state: 'expired' }],
      at(5, 'b', 2),
    ],
    ['5: 1 2'],
    [],
  ],
  [
    'their own times play no part',
    [
      [1, { host: 'x', service: 'a', metric: 1, time: 900 * SECOND }],
      [2, { host: 'x', service: 'b', metric: 2, time: 0 }],
    ],
    ['2: 1 2'],
    [],
  ],
  [
    'what has no key takes no part',
    [
      [1, { service: 'a', metric: 1 }],
      [2, { service: 'b', metric: 2 }],
    ],
    [],
    [],
  ],
])

cases('latest', [
  [
    'each meets the latest of the other side, which stays',
    [at(1, 'a', 1), at(2, 'b', 2), at(3, 'b', 3), at(4, 'a', 4), at(5, 'b', 5)],
    ['2: 1 2', '3: 1 3', '4: 4 3', '5: 4 5'],
    [],
  ],
  [
    'for its time, from its own arrival',
    [at(1, 'a', 1), at(4, 'b', 2), at(6, 'b', 3), at(8, 'a', 4), at(20, 'a', 5)],
    ['4: 1 2', '8: 4 3'],
    ['25: 5 -'],
  ],
  [
    'one whose place is taken is alone then, or never',
    [at(1, 'a', 1), at(2, 'a', 2), at(3, 'b', 3), at(4, 'a', 4)],
    ['3: 2 3', '4: 4 3'],
    ['2: 1 -'],
  ],
  [
    'both sides may be alone',
    [at(1, 'a', 1, 'x'), at(2, 'b', 2, 'y'), at(9, 'b', 3, 'x')],
    [],
    ['6: 1 -', '7: - 2', '14: - 3'],
  ],
])

cases('lookup', [
  [
    'each right one meets the latest left one before it, at once or not at all',
    [
      at(1, 'b', 1),
      at(2, 'a', 2),
      at(3, 'b', 3),
      at(4, 'a', 4),
      at(5, 'b', 5),
      at(8.5, 'b', 6),
      at(9, 'b', 7),
    ],
    ['3: 2 3', '5: 4 5', '8.5: 4 6'],
    ['1: - 1', '9: - 7'],
  ],
  [
    'a left one that was never looked up is alone when its time is over, or its place is taken',
    [at(1, 'a', 1), at(2, 'a', 2)],
    [],
    ['2: 1 -', '7: 2 -'],
  ],
])

describe('join', () => {
  test('in a lookup an expired right event is an ordinary one, so that an alert behind it becomes stale', () => {
    const input: readonly Arrival[] = [
      at(1, 'a', 1),
      [2, { host: 'x', service: 'b', state: 'expired', metric: 2 }],
      [3, { host: 'x', service: 'a', state: 'expired', metric: 3 }],
      [6, { host: 'x', service: 'b', state: 'expired', metric: 4 }],
    ]
    expect(outOf(joined({ pairing: 'lookup', unmatched: 'both' }), input, 60)).toEqual(['2: 1 2', '6: - 4'])
  })

  test('the key may be made of several parts, and by a function', () => {
    const id = (event: Event) => event.attributes.id
    const request = (second: number, service: string, host: string, attributes = {}): Arrival => [
      second,
      { service, host, attributes, metric: second },
    ]
    const operator = joined({ key: ['host', id] })
    expect(
      flow(
        operator,
        [
          request(1, 'a', 'x', { id: '1' }),
          request(2, 'b', 'y', { id: '1' }),
          request(3, 'b', 'x', { id: '2' }),
          request(4, 'b', 'x'),
          request(5, 'b', 'x', { id: '1' }),
        ],
        60,
      ),
    ).toEqual(['5 1 5'])
  })

  test('inside a by each group has its own', () => {
    const input = [at(1, 'a', 1, 'x'), at(2, 'b', 2, 'y'), at(3, 'b', 3, 'x')]
    expect(outByHost(joined({ key: () => '', unmatched: 'both' }), input, 60)).toEqual(['3: 1 3', '7: - 2'])
  })

  test('beyond a limit new ones do not wait, which is told, and those that wait go on', () => {
    const input = [
      at(1, 'a', 1, 'x'),
      at(2, 'a', 2, 'x'),
      at(3, 'a', 3, 'x'),
      at(4, 'a', 4, 'y'),
      at(4, 'b', 5, 'x'),
      at(4.5, 'a', 6, 'y'),
    ]
    // Failures are told of once in ten seconds.
    const told = (limit: string) => `rule 'rule 1', join: more than ${limit} wait; a new one was not kept`
    expect(outOf(joined({ unmatched: 'left', maxPerKey: 2 }), input, 60, { eager: true })).toEqual([
      '4: 1 5',
      '7: 2 -',
      '9: 4 -',
      '9.5: 6 -',
      told('2 events of one key'),
    ])
    expect(outOf(joined({ unmatched: 'left', max: 2 }), input, 60, { eager: true })).toEqual([
      '4: 1 5',
      '7: 2 -',
      '9.5: 6 -',
      told('2 events'),
    ])
  })

  const arrivals = fc
    .array(
      fc.record({
        wait: fc.nat({ max: 4 }),
        name: fc.constantFrom('a', 'b'),
        host: fc.constantFrom('x', 'y'),
      }),
    )
    .map((steps) => {
      let second = 0
      return steps.map(({ wait, name, host }, n): Arrival => {
        second += wait
        return [second, { host, service: name, metric: n }]
      })
    })

  test('once: each event is in one pair, or alone', () => {
    fc.assert(
      fc.property(arrivals, (input) => {
        const numbers = plainOf(joined({ unmatched: 'both' }), input, 999).flatMap((line) =>
          line
            .split(' ')
            .slice(1)
            .filter((part) => part !== '-')
            .map(Number),
        )
        expect(numbers.toSorted((a, b) => a - b)).toEqual(input.map((_, n) => n))
      }),
    )
  })

  test.each<Pairing>(['once', 'latest'])('%s: which side is the left one makes no difference', (pairing) => {
    const swapped = pipe(
      join(B, A, { key: 'host', within: '5s', pairing, unmatched: 'both' }),
      map(([right, left]) => `${left?.metric ?? '-'} ${right?.metric ?? '-'}`),
    )
    fc.assert(
      fc.property(arrivals, (input) => {
        expect(plainOf(swapped, input, 999)).toEqual(
          plainOf(joined({ pairing, unmatched: 'both' }), input, 999),
        )
      }),
    )
  })

  test('a limit is of what waits: a latest one takes the place of the one before it', () => {
    const input = [at(1, 'a', 1, 'x'), at(2, 'a', 2, 'x'), at(3, 'b', 3, 'x'), at(4, 'b', 4, 'x')]
    expect(outOf(joined({ pairing: 'latest', max: 1 }), input, 60, { eager: true })).toEqual([
      '3: 2 3',
      '4: 2 4',
      "rule 'rule 1', join: more than 1 events wait; a new one was not kept",
    ])
  })

  test('a condition or a key that throws costs that event alone', () => {
    const strict = joined({
      key: (event) => {
        if (event.metric === 2) throw new Error('no key')
        return event.host
      },
    })
    expect(flow(strict, [at(1, 'a', 1), at(2, 'b', 2), at(3, 'b', 3)], 60)).toEqual([
      '3 1 3',
      "rule 'rule 1', join: no key (at x b)",
    ])
  })

  test('no time is counted while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(joined({ unmatched: 'left' }), rig.note()) }])
    rig.send(1, { host: 'x', service: 'a', metric: 1 })
    rig.send(1, { host: 'y', service: 'a', metric: 2 })
    rig.run(2)
    rig.fold.gap(102 * SECOND)
    rig.send(135, { host: 'x', service: 'b', metric: 3 })
    rig.run(135.9)
    expect(rig.seen).toEqual(['135 1 3'])
    rig.run(136)
    expect(rig.seen).toEqual(['135 1 3', '136 2 -'])
  })

  test.each([
    ['goes on over a reload', 'host', { host: 'x', service: 'z' }, 1],
    ['begins anew where a reload changes the key', 'service', { host: 'z', service: 'x' }, 0],
  ] as const)('%s', (_, key, right, pairs) => {
    const joinedBy = (by: 'host' | 'service', rig: Rig) => [
      {
        stream: pipe(
          join({ state: 'left' }, { state: 'right' }, { key: by, within: '5s' }),
          map(() => makeEvent({ time: 1 })),
          rig.note<Event>(),
        ),
      },
    ]
    const rig = new Rig((own) => joinedBy('host', own))
    rig.send(1, { host: 'x', service: 'y', state: 'left' })
    const { fold } = new Rig(() => joinedBy(key, rig))
    rig.fold.reload(
      fold.engine.runs.map((run) => run.rule),
      new Set(),
    )
    rig.send(2, { ...right, state: 'right' })
    expect(rig.seen).toHaveLength(pairs)
  })

  test.each([
    [{ max: 0 }, 'max has to be a whole number of at least 1; it is 0'],
    [{ maxPerKey: 1.5 }, 'maxPerKey has to be a whole number of at least 1; it is 1.5'],
    [{ key: [] }, "key has to name at least one field, as in key: 'host'"],
  ])('%j is refused', (options, problem) => {
    expect(() => join(A, B, { key: 'host', within: '5s', ...options })).toThrow(problem)
  })

  test('what comes out has the type of what was asked for', () => {
    const options = { key: 'host', within: '5s' } as const
    const event = makeEvent({ time: 1 })
    by(
      'host',
      join(A, B, options),
      map(([left, right]) => {
        expectTypeOf(left).toEqualTypeOf<Event>()
        expectTypeOf(right).toEqualTypeOf<Event>()
      }),
    )
    by(
      'host',
      join(A, B, { ...options, unmatched: 'left' }),
      map(([left, right]) => {
        expectTypeOf(left).toEqualTypeOf<Event>()
        expectTypeOf(right).toEqualTypeOf<Event | undefined>()
      }),
    )
    by(
      'host',
      join(A, B, { ...options, unmatched: 'both' }),
      map(([left, right]) =>
        // Of two that are not there only one can be.
        left === undefined ? right.time : left.time,
      ),
    )
    expect(event.time).toBe(1)
  })
})
