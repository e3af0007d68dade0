import { type OperatorFunction, pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Rule, rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { filter } from '../streams/filter.ts'
import { map } from '../streams/map.ts'
import { publish } from '../streams/publish.ts'
import { tap } from '../streams/tap.ts'
import { lines, play, type Until } from './play.ts'
import { acknowledge, at, every, type Timeline } from './timeline.ts'

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

  test('somebody acknowledges: what is acknowledged is not told again', () => {
    const again = rule('again', {
      match: { service: 'app' },
      stream: by(
        'host',
        alert({
          summary: (e) => `${e.host} is bad`,
          notify: [ops],
          repeat: '10m',
          escalate: { after: '15m', to: [{ name: 'boss' }] },
        }),
      ),
    })
    const bad = (host: string) => ({ host, service: 'app', state: 'bad', ttl: 86_400 })
    const played = play(again, at('1m', bad('a'), bad('b')), acknowledge('5m', { rule: 'again', host: 'a' }))
    expect(played.messages({ until: '20m' })).toBe(lines`
      1m 5s    ops   firing     bad  a app
                     firing     bad  b app
      11m 10s  ops   repeated   bad  b app
      16m 5s   boss  escalated  bad  b app`)
    expect(played.timeline({ until: '20m' })).toContain('\n5m       acknowledged again a\n')
    expect(() => play(again, at('1m', bad('a')), acknowledge('5m', { host: 'b' }))).toThrow(
      "acknowledge() at 5m: no alert of host 'b' is open then",
    )
    expect(() => acknowledge('5m', { hots: 'b' } as object)).toThrow(
      "what acknowledge() takes has no field 'hots'; it has rule, host",
    )
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
    const played = play([broken, state], at('1s', { host: 'a', state: 'bad', metric: 7 }))
    expect(played.timetable({ until: '2s' })).toBe(lines`
      1s  failed  rule 'broken', map: no 7 (at a)
      1s  firing  bad      a                     -> ops
      1s  firing  warning  weir weir/rule-error  -> ops`)
    expect(play(state, at('1s', { host: 'a', state: 'ok' })).failures).toEqual([])
  })

  test('lets no rule change an event, which others see, too', () => {
    const changing = rule('changing', {
      match: { host: 'a' },
      stream: map((e: Event) => Object.assign(e, { state: 'ok' })),
    })
    expect(play([changing, state], at('1s', { host: 'a', state: 'bad' })).failures).toEqual([
      expect.stringMatching(/^rule 'changing', map: Cannot assign to read only property 'state'/),
    ])
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

  test.each<[what: string, operator: (impure: (e: Event) => Event) => OperatorFunction<Event, Event>]>([
    ['a tap sees', (impure) => pipe(map(impure), tap('counted'))],
    ['is published', (impure) => pipe(map(impure), publish('counts'))],
  ])('finds one of which only %s something', (_, operator) => {
    const counting = rule('counting', {
      stream: (source) => {
        let seen = 0
        return source.pipe(by('host', (each) => each.pipe(operator((e) => ({ ...e, metric: ++seen })))))
      },
    })
    const input = at('1s', { host: 'a' }, { host: 'b' })
    expect(() => play(counting, input)).not.toThrow()
    const perKey = rule('counting', {
      stream: by('host', (source) => {
        let seen = 0
        return source.pipe(operator((e) => ({ ...e, metric: ++seen })))
      }),
    })
    expect(() => play(perKey, input)).toThrow(
      /not pure\none for all:\n.*"metric":2.*\none per key:\n.*"metric":1/,
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

  describe('refuses', () => {
    const beat = at('10s', { host: 'a', state: 'ok' })

    test('a table that ends before the last event, or before the one asked for last', () => {
      expect(() => play(state, beat).timetable({ until: '10s' })).toThrow(
        "timetable({ until: 10s }) leaves out events, the last of which comes at 10s; 'until' is exclusive",
      )
      const played = play(state, beat)
      played.timetable({ until: '1m' })
      expect(() => played.messages({ until: '30s' })).toThrow(
        'messages({ until: 30s }) goes back: what was asked for before has played up to 1m',
      )
    })

    test('what is no rule, no timeline, or no option', () => {
      const unknown: unknown = undefined
      expect(() => play(unknown as Rule, beat)).toThrow('play() takes a rule made by rule(), a list of such')
      expect(() => play([state, unknown as Rule])).toThrow('play() takes a rule made by rule()')
      expect(() => play(state, { host: 'a' } as unknown as Timeline)).toThrow(
        'play() takes timelines; make them with at(), every(), silence() or acknowledge()',
      )
      expect(() => play([state, rule('state', { stream: told })], beat)).toThrow(
        "play() got two rules that are named 'state'",
      )
      expect(() => play(state, beat).timetable(unknown as Until)).toThrow(
        'what timetable() takes has to be an object with until; it is undefined',
      )
      expect(() => play(state, beat).timetable({} as Until)).toThrow("what timetable() takes lacks 'until'")
      expect(() => play(state, beat).timeline({ until: '1m', from: '30s' } as Until)).toThrow(
        "what timeline() takes has no field 'from'; it has until",
      )
    })
  })
})

test('lines takes away what all lines have in front', () => {
  expect(lines`
    a
      b

    c ${1}
  `).toBe('a\n  b\n\nc 1')
})
