import { type OperatorFunction, pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { config } from '../config.ts'
import { slack } from '../outputs/slack.ts'
import { type Rule, rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { filter } from '../streams/filter.ts'
import { fixedEventWindow } from '../streams/fixed-event-window.ts'
import { index } from '../streams/index-events.ts'
import { map } from '../streams/map.ts'
import { publish } from '../streams/publish.ts'
import { severity } from '../streams/severity.ts'
import { tap } from '../streams/tap.ts'
import { below } from '../streams/threshold.ts'
import { lines, play, type Until } from './play.ts'
import { at, every, silence, type Timeline } from './timeline.ts'

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
      37s                                     expired a s
                                              stale expired a s -> nobody
      1m 10s  a s ok 1                        resolved ok a s -> ops
      1m 15s                                  told ops: 1
      1m 25s                                  expired a s`)
  })

  test('a timeline shows what came by taps, what was published, and what failed', () => {
    const rates = rule('rates', {
      match: { host: 'a' },
      stream: pipe(
        filter((e: Event) => e.state !== 'expired'),
        tap('in'),
        map((e) => {
          if (e.metric === 3) throw new Error('no threes')
          return { ...e, host: 'sum', service: 'twice', metric: 2 * (e.metric ?? 0) }
        }),
        publish(),
        publish('everybody'),
        fixedEventWindow(2),
        tap('pairs'),
      ),
    })
    const played = play(
      rates,
      at('1s', { host: 'a', metric: 1 }, { host: 'a', metric: 3 }, { host: 'a', metric: 2 }),
    )
    expect(played.timeline({ until: '10s' })).toBe(lines`
      1s  a 1  tap in: a 1
               published to everybody: sum twice 2
               published sum twice 2
      1s  a 3  tap in: a 3
               failed rule 'rates', map: no threes (at a)
      1s  a 2  tap in: a 2
               published to everybody: sum twice 4
               tap pairs: [sum twice 2, sum twice 4]
               published sum twice 4`)
    expect(played.derived.map(({ at, event: { metric }, topic }) => [at, metric, topic])).toEqual([
      [1_000_000, 2, 'everybody'],
      [1_000_000, 2, undefined],
      [1_000_000, undefined, undefined],
      [1_000_000, 4, 'everybody'],
      [1_000_000, 4, undefined],
    ])
  })

  test('a timeline says why something was not told', () => {
    const away = rule('away', { match: { service: 'link' }, stream: by('host', told) })
    const slow = rule('slow', {
      match: { service: 'app' },
      stream: by('host', alert({ summary: (e) => `${e.host} is slow`, notify: [ops], dependsOn: away })),
    })
    const played = play(
      [away, slow],
      at('1s', { host: 'a', service: 'link', state: 'bad', metric: 1, ttl: 600 }),
      at('10s', { host: 'a', service: 'app', state: 'bad', ttl: 600 }),
      at('1m', { host: 'a', service: 'app', state: 'ok', ttl: 600 }),
    )
    expect(played.timeline({ until: '2m' })).toBe(lines`
      1s   a link bad 1  firing bad a link -> ops
      6s                 told ops: 1
      10s  a app bad     firing bad a app -> ops
      15s                not told: slow a: dependsOn: away a
      1m   a app ok      resolved ok a app -> ops
                         not told: slow a: its end: nobody had been told that it fires`)
  })

  test('events in a row of which the same came are one line of a timeline', () => {
    const twice = rule('twice', { match: { host: 'a' }, stream: tap('seen') })
    const played = play(
      twice,
      every('1s', { from: 0, until: '5s' }, { host: 'a', metric: 1 }),
      at('3500ms', { host: 'b' }),
    )
    expect(played.timeline({ until: '5s' })).toBe(lines`
      0s        a 1  (4 times, until 3s)  tap seen: a 1
      3s 500ms  b
      4s        a 1                       tap seen: a 1`)
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
        'play() takes timelines; make them with at(), every() or silence()',
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

describe('a configuration', () => {
  const pager = slack({ name: 'pager' })
  const low = rule('low', {
    match: { service: 'disk' },
    stream: by(
      'host',
      severity({ critical: below(5) }),
      alert({ summary: (e) => `${e.host}: ${e.metric} % left`, notify: [pager], unit: '%' }),
    ),
  })
  const gone = rule('gone', {
    match: { service: 'disk' },
    stream: by(
      'host',
      map((e) => ({ ...e, state: e.state === 'expired' ? 'critical' : 'ok' })),
      alert({ summary: (e) => `${e.host} is silent`, notify: [pager] }),
    ),
  })
  const indexAll = rule('index', { stream: index() })
  const disk = { service: 'disk', ttl: 30 }

  test('is played as a whole, with the rules of its alerts', () => {
    const played = play(
      config({ rules: [indexAll, low, gone] }),
      at('10s', { ...disk, host: 'a', metric: 4 }, { ...disk, host: 'b', metric: 50 }),
      at('20s', { ...disk, host: 'b', metric: 50 }),
    )
    expect(played.timetable({ until: '1m' })).toBe(lines`
      10s  firing  critical  low   a disk  -> pager
      40s  stale   expired   low   a disk  -> nobody
      40s  firing  critical  gone  a disk  -> pager
      50s  firing  critical  gone  b disk  -> pager`)
    expect(played.messages({ until: '2m' })).toBe(lines`
      15s  pager  low   firing  critical  a disk
      45s  pager  gone  firing  critical  a disk
      55s  pager  gone  firing  critical  b disk`)
    expect(played.timeline({ until: '3m' })).toContain('low: firing critical a disk -> pager')
  })

  test('has the index that its rules make, with its limit, and its name', () => {
    const input = [at('10s', { ...disk, host: 'a', metric: 50 }, { ...disk, host: 'b', metric: 50 })]
    const without = play(config({ rules: [gone] }), ...input)
    expect(without.timetable({ until: '1h' })).toBe('')
    const small = play(config({ name: 'hub-1', rules: [indexAll, gone], index: { limit: 1 } }), ...input)
    expect(small.timetable({ until: '2m' })).toBe('40s  firing  critical  gone  a disk  -> pager')
    expect(small.derived[0]?.event).toMatchObject({ host: 'hub-1', service: 'weir/index-full' })
  })

  test('its messages can be read as their destinations show them, with a link to its page', () => {
    const played = play(
      config({ rules: [low], page: 'https://weir.example' }),
      at('10s', { ...disk, host: 'a', metric: 4 }),
    )
    const shown = played.rendered({ until: '1m' })
    expect(shown.split('\n').slice(0, 2)).toEqual(['15s  pager', ''])
    expect(shown).toContain('a: 4 % left')
    expect(shown).toContain('1970-01-01 00:00:10 UTC')
    expect(shown).toContain('https://weir.example')
  })
})

test('lines takes away what all lines have in front', () => {
  expect(lines`
    a
      b

    c ${1}
  `).toBe('a\n  b\n\nc 1')
})
