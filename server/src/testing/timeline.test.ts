import { describe, expect, test } from 'vitest'
import { at, every, type Moment, moment, silence } from './timeline.ts'

const SECOND = 1_000_000

test.each<[Moment, number]>([
  [0, 0],
  ['0s', 0],
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

describe('silence', () => {
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
