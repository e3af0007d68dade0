import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { filter } from '../streams/filter.ts'
import { map } from '../streams/map.ts'
import { lines, play } from './play.ts'
import { at, every, silence } from './timeline.ts'

const ops = { name: 'ops' }
const told = alert({ summary: (e) => `${e.metric}`, notify: [ops] })
const state = rule('state', { match: { host: '*' }, stream: by('host', told) })

describe('play', () => {
  test('plays at once and in order of the moments, whatever the order of the timelines', () => {
    const played = play(
      state,
      at('20s', { host: 'b', state: 'ok' }),
      at('1.5s', { host: 'a', state: 'bad' }, { host: 'b', state: 'bad' }),
    )
    expect(played.timetable({ until: '21s' })).toBe(lines`
      1s 500ms  firing    bad  a  -> ops
      1s 500ms  firing    bad  b  -> ops
      20s       resolved  ok   b  -> ops`)
  })

  test('`until` is exclusive; later ones go on from there', () => {
    const played = play(state, at('1s', { host: 'a', service: 's', state: 'bad', ttl: 4 }))
    expect(played.timetable({ until: '5s' })).toBe('1s  firing  bad  a s  -> ops')
    expect(played.timetable({ until: '5.001s' })).toBe(lines`
      1s  firing  bad      a s  -> ops
      5s  stale   expired  a s  -> nobody`)
    expect(played.notifications).toHaveLength(0)
    played.timetable({ until: '1h' })
    expect(played.notifications.map(({ items }) => items.length)).toEqual([1])
  })

  test('a timeline shows what went in and what came of it', () => {
    const beat = { host: 'a', service: 's', ttl: 15 }
    const played = play(
      state,
      silence(
        '40s',
        { from: '30s' },
        every('10s', { from: 0, until: '80s' }, { ...beat, state: 'ok', metric: 1 }),
      ),
      at('22s', { ...beat, state: 'bad', metric: 7 }),
    )
    expect(played.timeline({ until: '2m' })).toBe(lines`
      0s      a s ok 1  (3 times, until 20s)
      22s     a s bad 7                       firing bad a s -> ops
      27s                                     told ops: 7
      37s                                     stale expired a s -> nobody
      1m 10s  a s ok 1                        resolved ok a s -> ops
      1m 15s                                  told ops: 1`)
  })

  test('refuses a timeline that goes back', () => {
    const beats = [...at('20s', { host: 'a', state: 'ok' }), ...at('1.5s', { host: 'a', state: 'ok' })]
    expect(() => play(state, beats)).toThrow('a timeline goes back from 20s to 1s 500ms; put its events')
  })

  test('says what rules threw', () => {
    const broken = rule('broken', {
      match: { host: 'a' },
      stream: map((e: Event) => {
        throw new Error(`no ${e.metric}`)
      }),
    })
    expect(play(broken, at('1s', { host: 'a', metric: 7 })).failures).toEqual([
      "rule 'broken', map: no 7 (at a)",
    ])
    expect(play(state, at('1s', { host: 'a', state: 'ok' })).failures).toEqual([])
  })

  test('finds a callback inside of by that keeps something for all keys', () => {
    const impure = () => {
      let seen = 0
      return filter<Event>(() => ++seen > 1)
    }
    const shared = (operator: ReturnType<typeof impure>) =>
      rule('impure', { stream: by('host', operator, told) })
    const input = every('1s', { from: 0, until: '2s' }, { host: 'a', state: 'bad' })
    const others = at('1s', { host: 'b', state: 'bad' })
    expect(() =>
      play(
        shared((source) => impure()(source)),
        input,
        others,
      ),
    ).toThrow(
      /a callback inside by\(\) is not pure\none for all:\n1s {2}firing {2}bad {2}a {2}-> ops\n1s .* b .*\none per key:\n1s {2}firing {2}bad {2}a {2}-> ops$/,
    )
  })

  test('has an index: what falls silent expires', () => {
    const silent = rule('silent', {
      stream: by(
        'host',
        map((e) => ({ ...e, state: e.state === 'expired' ? 'bad' : 'ok' })),
        told,
      ),
    })
    expect(play(silent, at('10s', { host: 'a' })).timetable({ until: '2m' })).toBe(
      '1m 10s  firing  bad  a  -> ops',
    )
  })
})

test('lines takes away what all lines have in front', () => {
  expect(lines`
    a
      b

    c ${1}
  `).toBe('a\n  b\n\nc 1')
})
