import { describe, expect, test } from 'vitest'
import { at, every, type Moment, moment, silence } from './timeline.ts'

const SECOND = 1_000_000

test.each<[Moment, number]>([
  [0, 0],
  ['0s', 0],
  ['0m', 0],
  ['1.5s', 1.5 * SECOND],
  [90, 90 * SECOND],
])('the moment %j', (when, expected) => {
  expect(moment(when)).toBe(expected)
})

describe('every', () => {
  const moments = (...args: Parameters<typeof every>) => every(...args).map(({ at }) => at / SECOND)

  test('begins at `from`, and ends before `until`', () => {
    expect(moments('10s', { from: 0, until: '30s' }, {})).toEqual([0, 10, 20])
    expect(moments('10s', { from: '5s', until: '26s' }, {})).toEqual([5, 15, 25])
    expect(moments('10s', { from: '5s', until: '5s' }, {})).toEqual([])
  })

  test('gives events of that time, and of their own where they have one', () => {
    expect(
      every('10s', { from: 0, until: '20s' }, { host: 'a', metric: 1 }).map(({ event }) => event),
    ).toMatchObject([
      { host: 'a', metric: 1, time: 0, tags: [] },
      { host: 'a', metric: 1, time: 10 * SECOND, tags: [] },
    ])
    expect(every('10s', { from: 0, until: '20s' }, { time: 7 }).map(({ event }) => event.time)).toEqual([
      7, 7,
    ])
  })

  test('refuses a span that goes back, and one with a member that means nothing', () => {
    expect(() => every('10s', { from: '1m', until: '30s' }, {})).toThrow('every() goes back from 1m to 30s')
    const typo = { from: 0, until: '30s', untill: '40s' } as const
    expect(() => every('10s', typo, {})).toThrow(
      "the span of every() has no field 'untill'; it has from, until",
    )
  })

  test.each(['-5s', '0s', 'x'])('refuses the period %j', (period) => {
    expect(() => every(period as '1s', { from: 0, until: '30s' }, {})).toThrow('is not a duration')
  })
})

describe('at', () => {
  test('gives events of one moment, in their order', () => {
    expect(
      at('2s', { host: 'a' }, { host: 'b' }).map(({ at, event }) => [at, event.host, event.time]),
    ).toEqual([
      [2 * SECOND, 'a', 2 * SECOND],
      [2 * SECOND, 'b', 2 * SECOND],
    ])
  })

  test('refuses a field that no event has, and names it', () => {
    expect(() => at('2s', { hosts: 'a' } as object)).toThrow(
      "an event has no field 'hosts'; it has host, service",
    )
  })
})

describe('an event', () => {
  const CASES: readonly (readonly [parts: object, problem: string])[] = [
    [{ metric: '4' }, 'metric of an event takes a number, not "4"'],
    [{ metric: Number.NaN }, 'metric of an event takes a number, not null'],
    [{ host: 7 }, 'host of an event takes a text, not 7'],
    [{ state: null }, 'state of an event takes a text, not null'],
    [{ ttl: '30s' }, 'ttl of an event takes a number of seconds, not "30s"'],
    [{ time: 1.5 }, 'time of an event takes whole microseconds, not 1.5'],
    [{ tags: 'web' }, 'tags of an event takes a list of texts, not "web"'],
    [{ attributes: { n: 1 } }, 'attributes of an event takes an object of texts, not {"n":1}'],
  ]
  test.each(CASES)('refuses %j', (parts, problem) => {
    expect(() => at('2s', parts)).toThrow(problem)
  })

  test('has only the attributes that it was given', () => {
    const [first] = at('2s', { attributes: { name: 'a' } })
    expect(first?.event.attributes).toEqual({ name: 'a' })
    expect(first?.event.attributes.constructor).toBeUndefined()
  })
})

describe('silence', () => {
  test('refuses a span with a member that means nothing', () => {
    const typo = { from: '1m', form: '2m' } as const
    expect(() => silence('1m', typo)).toThrow("the span of silence() has no field 'form'; it has from")
  })

  const moments = (...args: Parameters<typeof silence>) => silence(...args).map(({ at }) => at / SECOND)
  const beats = every('10s', { from: 0, until: '50s' }, { host: 'a' })

  test('takes out what arrives from `from` on, for so long, exclusive', () => {
    expect(moments('20s', { from: '10s' }, beats)).toEqual([0, 30, 40])
    expect(moments('1h', { from: 0 }, beats)).toEqual([])
  })

  test('of several timelines makes one, in order', () => {
    expect(moments('20s', { from: '10s' }, beats, at('5s', {}), at('15s', {}))).toEqual([0, 5, 30, 40])
  })
})
