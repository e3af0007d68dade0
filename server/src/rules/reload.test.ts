import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { type Duration, SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { changedState } from '../streams/changed-state.ts'
import { map } from '../streams/map.ts'
import { publish } from '../streams/publish.ts'
import { severity } from '../streams/severity.ts'
import { below } from '../streams/threshold.ts'
import { throttle } from '../streams/throttle.ts'
import { carriage, type NodeShape } from './carry.ts'
import { type Rule, rule } from './rule.ts'
import { step } from './step.ts'

const ops = { name: 'ops' }
const disk = (summary: string) =>
  rule('disk', {
    match: { service: 'disk' },
    stream: by('host', severity({ critical: below(5) }, { for: '60s' }), alert({ summary, notify: [ops] })),
  })

/** Critical at the event of this number. */
const risen = (times: number) =>
  step<Event, Event, number>('risen', [times], {
    init: () => 0,
    event(count, event, context) {
      context.emit({ ...event, state: count + 1 >= times ? 'critical' : 'ok' })
      return count + 1
    },
  })

class Desk {
  readonly fold: Fold
  readonly decided: string[] = []
  constructor(...rules: readonly Rule[]) {
    this.fold = new Fold({ rules, name: 'hub', report: () => {} })
  }
  at(seconds: number, act: () => void = () => {}): this {
    this.fold.begin(this.fold.position + 1)
    this.fold.advance(seconds * SECOND)
    act()
    for (const { kind, alert: one, at } of this.fold.decisions().changes) {
      this.decided.push(`${at / SECOND} ${kind} ${one.rule} ${one.key} ${one.summary}`)
    }
    return this
  }
  say(seconds: number, host: string, metric: number): this {
    return this.at(seconds, () =>
      this.fold.events([makeEvent({ host, service: 'disk', metric, time: 0, ttl: 3600 })]),
    )
  }
}

describe('a reload', () => {
  test('keeps the states of operators that are the same in a changed rule: what was being counted goes on', () => {
    const desk = new Desk(disk('old')).say(0, 'a', 1).say(10, 'b', 1)
    desk.at(30, () => {
      expect(desk.fold.reload([disk('new')], new Set())).toEqual({
        added: [],
        removed: [],
        changed: [{ rule: 'disk', reset: 0, closed: 0 }],
        unchanged: [],
        volatile: [],
      })
    })
    desk.at(200)
    expect(desk.decided).toEqual(['60 firing disk a new', '70 firing disk b new'])
  })

  test('leaves an unchanged rule running as it is, also at another place in the order', () => {
    const unchanged = disk('same')
    const other = rule('other', { stream: throttle(1, '1m') })
    const desk = new Desk(unchanged, other).say(0, 'a', 1)
    const run = desk.fold.engine.runs[0]
    desk.at(30, () =>
      desk.fold.reload(
        [rule('new', { stream: changedState() }), other, disk('same')],
        new Set(['disk', 'other']),
      ),
    )
    expect(desk.fold.engine.runs[2]).toBe(run)
    desk.say(40, 'b', 1).at(120)
    expect(desk.decided).toEqual(['60 firing disk a same', '100 firing disk b same'])
    expect(desk.fold.engine.rules.map(({ name, events }) => [name, events])).toEqual([
      ['new', 1],
      ['other', 2],
      ['disk', 2],
    ])
  })

  test('resets an operator whose parameters changed, and says so', () => {
    const rises = (times: number) =>
      rule('rises', { stream: by('host', risen(times), alert({ summary: 'rises', notify: [ops] })) })
    const desk = new Desk(rises(2)).say(0, 'a', 1)
    desk.at(30, () =>
      expect(desk.fold.reload([rises(3)], new Set()).changed).toEqual([
        { rule: 'rises', reset: 1, closed: 0 },
      ]),
    )
    desk.say(40, 'a', 1).say(50, 'a', 1)
    expect(desk.decided).toEqual([])
    desk.say(60, 'a', 1)
    expect(desk.decided).toEqual(['60 firing rises a rises'])
  })

  test('lets a severity with other levels and durations go on from what it said: what fires is not over by that', () => {
    const judged = (level: number, hold: Duration) =>
      rule('disk', {
        match: { service: 'disk' },
        stream: by(
          'host',
          severity({ critical: below(level) }, { for: hold, clearFor: '10s' }),
          alert({ summary: `below ${level}`, notify: [ops] }),
        ),
      })
    const desk = new Desk(judged(5, '60s')).say(0, 'a', 4).say(30, 'b', 4).say(65, 'a', 4)
    desk.at(70, () =>
      expect(desk.fold.reload([judged(3, '90s')], new Set()).changed).toEqual([
        { rule: 'disk', reset: 0, closed: 0 },
      ]),
    )
    desk.say(71, 'a', 2).say(75, 'b', 2).at(130)
    expect(desk.decided).toEqual(['60 firing disk a below 5', '120 firing disk b below 3'])
    desk.say(140, 'a', 4).at(160)
    expect(desk.decided.slice(2)).toEqual(['150 resolved disk a below 3'])
    desk
      .say(170, 'c', 2)
      .at(180, () => desk.fold.reload([judged(1, '90s')], new Set()))
      .at(400)
    expect(desk.decided.slice(3)).toEqual([])
  })

  test('closes the alerts of a rule that is gone, and ends its timers and groups', () => {
    const desk = new Desk(disk('old')).say(0, 'a', 1).say(10, 'b', 1).at(65)
    desk.at(66, () => expect(desk.fold.reload([], new Set()).removed).toEqual(['disk']))
    expect(desk.decided).toEqual(['60 firing disk a old', '66 resolved disk a old'])
    expect([desk.fold.engine.counters.groups, desk.fold.clock.timers]).toEqual([0, 1])
    desk.at(200)
    expect(desk.decided).toHaveLength(2)
  })

  test('closes the alerts of a rule that splits by other keys now, since nothing could end them', () => {
    const split = (...keys: readonly ('host' | 'service')[]) =>
      rule('disk', {
        stream: by(keys, severity({ critical: below(5) }), alert({ summary: 'full', notify: [ops] })),
      })
    const desk = new Desk(split('host')).say(1, 'a', 1)
    desk.at(2, () =>
      expect(desk.fold.reload([split('host', 'service')], new Set()).changed).toMatchObject([
        { rule: 'disk', closed: 1 },
      ]),
    )
    desk.say(3, 'a', 1).say(4, 'a', 50)
    expect(desk.decided).toEqual([
      '1 firing disk a full',
      '2 resolved disk a full',
      '3 firing disk a,disk full',
      '4 resolved disk a,disk full',
    ])
  })

  test('changes nothing where a rule can not be built', () => {
    const desk = new Desk(disk('old')).say(0, 'a', 1)
    const broken = rule('broken', {
      stream: () => {
        throw new Error('no')
      },
    })
    expect(() => desk.fold.reload([disk('new'), broken], new Set())).toThrow("rule 'broken': no")
    desk.at(100)
    expect(desk.decided).toEqual(['60 firing disk a old'])
  })

  test('a thousand times leaves no more timers and groups than one', () => {
    const rules = () => [
      disk('x'),
      rule('flow', {
        stream: by(
          'host',
          throttle(1, '1m'),
          map((e) => e),
          publish(() => undefined),
        ),
      }),
    ]
    const desk = new Desk(...rules()).say(0, 'a', 1).say(1, 'b', 1)
    const held = () => [
      desk.fold.clock.timers,
      desk.fold.engine.counters.groups,
      desk.fold.engine.runs.length,
    ]
    const before = held()
    for (let n = 0; n < 1000; n++) desk.fold.reload(rules(), new Set())
    expect(held()).toEqual(before)
    desk.at(100)
    expect(desk.decided).toEqual(['60 firing disk a x', '61 firing disk b x'])
  })
})

const node = (
  name: string,
  path: string,
  params: unknown = [],
  inner: readonly NodeShape[] = [],
): NodeShape => ({
  name,
  version: 1,
  params,
  path: path.split(' '),
  inner,
})

const loose = (name: string, path: string, params: unknown): NodeShape => ({
  ...node(name, path, params),
  anyParams: true,
})

describe('which operator takes over which state', () => {
  const pairs = (before: readonly NodeShape[], after: readonly NodeShape[]) =>
    [...carriage(before, after)].map(([from, { slot }]) => [from, slot])

  test.each([
    [
      'the same',
      [node('a', 'r'), node('b', 'r a')],
      [node('a', 'r'), node('b', 'r a')],
      [
        [0, 0],
        [1, 1],
      ],
    ],
    ['one is inserted above', [node('b', 'r')], [node('a', 'r'), node('b', 'r a')], [[0, 1]]],
    ['one is taken out', [node('a', 'r'), node('b', 'r a')], [node('b', 'r')], [[1, 0]]],
    ['a new branch in front', [node('t', 'r x')], [node('t', 'r y'), node('t', 'r x')], [[0, 1]]],
    ['two alike against one: neither', [node('t', 'r'), node('t', 'r')], [node('t', 'r')], []],
    ['other parameters', [node('t', 'r', [1])], [node('t', 'r', [2])], []],
    [
      'other parameters, where these do not matter: the one in the same place',
      [loose('s', 'r', [1]), loose('s', 'r x', [2])],
      [loose('s', 'r x', [4]), loose('s', 'r', [3])],
      [
        [0, 1],
        [1, 0],
      ],
    ],
    ['and in another place: neither', [loose('s', 'r', [1])], [loose('s', 'r x', [2])], []],
    [
      'the same parameters first',
      [loose('s', 'r', [1]), loose('s', 'r', [2])],
      [loose('s', 'r', [2]), loose('s', 'r', [3])],
      [
        [1, 0],
        [0, 1],
      ],
    ],
    ['another version', [{ ...node('t', 'r'), version: 2 }], [node('t', 'r')], []],
  ])('%s', (_, before, after, expected) => {
    expect(pairs(before, after)).toEqual(expected)
  })
})
