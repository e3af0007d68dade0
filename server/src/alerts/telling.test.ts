import { describe, expect, test } from 'vitest'
import { isExpired, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import type { AlertOptions } from '../rules/effects.ts'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { map } from '../streams/map.ts'
import { at, every, lines, play } from '../testing/index.ts'

const ops = { name: 'ops' }
const boss = { name: 'boss' }

const hostDown = rule('host down', {
  match: { service: 'heartbeat' },
  stream: by(
    'host',
    map((e) => ({ ...e, state: isExpired(e) ? 'critical' : 'ok' })),
    alert({ summary: 'silent', notify: [ops] }),
  ),
})
const app = (options: Partial<AlertOptions> = {}) =>
  rule('app', {
    match: { service: 'app' },
    stream: by('host', alert({ summary: 'bad', notify: [ops], ...options })),
  })

const says = (state: string, host = 'a') => ({ host, service: 'app', state, ttl: 86_400 })

describe('what is told', () => {
  test('a firing and its end, after the wait of the group', () => {
    const played = play(app(), at('10s', says('critical')), at('1m', says('ok')))
    expect(played.messages({ until: '2m' })).toBe(lines`
      15s    ops  firing    critical  a app
      1m 5s  ops  resolved  critical  a app`)
  })

  test('the metric with its unit', () => {
    const played = play(app({ unit: 'B/s' }), at('10s', { ...says('critical'), metric: 7 }))
    played.messages({ until: '1m' })
    expect(played.notifications[0]?.items).toMatchObject([{ metric: 7, unit: 'B/s' }])
  })

  test('what is over before it was told is told once; what changes twice as it stands', () => {
    const played = play(
      app(),
      at('10s', says('critical'), says('warning', 'b')),
      at('12s', says('ok'), says('critical', 'b')),
    )
    expect(played.messages({ until: '2m' })).toBe(lines`
      17s  ops  blip    critical  a app
                firing  critical  b app`)
  })

  test('a group closes when nothing joined for its wait, at the latest after its max, and when it is full', () => {
    const fleet = Array.from({ length: 12 }, (_, n) => at(`${n * 4 + 1}s`, says('critical', `h${n}`)))
    const times = (size: number) =>
      play(app({ group: { wait: '5s', max: '30s', size } }), ...fleet)
        .messages({ until: '5m' })
        .match(/^\S+/gm)
    expect(times(10_000)).toEqual(['31s', '50s'])
    expect(times(3)).toEqual(['9s', '21s', '33s', '45s'])
  })

  test('repeat: again and again while it fires', () => {
    const played = play(app({ repeat: '1h' }), at('1m', says('critical')), at('150m', says('ok')))
    expect(played.messages({ until: '6h' })).toBe(lines`
      1m 5s   ops  firing    critical  a app
      1h 1m   ops  repeated  critical  a app
      2h 1m   ops  repeated  critical  a app
      2h 30m  ops  resolved  critical  a app`)
  })

  test('escalate: to others when it has fired that long, and they hear its end, too', () => {
    const played = play(
      app({ escalate: { after: '10m', to: [boss] } }),
      at('1m', says('critical')),
      at('30m', says('ok')),
    )
    expect(played.messages({ until: '1h' })).toBe(lines`
      1m 5s   ops   firing     critical  a app
      11m 5s  boss  escalated  critical  a app
      30m 5s  ops   resolved   critical  a app
      30m 5s  boss  resolved   critical  a app`)
  })

  test('dependsOn: not told while the host is down; told when it is back and it still fires', () => {
    const rules = [hostDown, app({ dependsOn: hostDown })]
    const played = play(
      rules,
      every('10s', { from: 0, until: '5m' }, { host: 'a', service: 'heartbeat', ttl: 20 }),
      at('6m', says('critical'), says('critical', 'b')),
      every('10s', { from: '20m', until: '30m' }, { host: 'a', service: 'heartbeat', ttl: 20 }),
    )
    expect(played.messages({ until: '30m' })).toBe(lines`
      5m 15s  ops  firing    critical  a heartbeat
      6m 5s   ops  firing    critical  b app
      20m 5s  ops  resolved  critical  a heartbeat
      20m 5s  ops  firing    critical  a app`)
    const silentToo = play(
      rules,
      every('10s', { from: 0, until: '5m' }, { host: 'a', service: 'heartbeat', ttl: 20 }),
      at('6m', says('critical')),
      at('7m', says('ok')),
    )
    expect(silentToo.messages({ until: '25m' })).toBe('5m 15s  ops  firing  critical  a heartbeat')
  })

  test('dependsOn: an alert that is about one host after the other explains only those of its present one', () => {
    const power = rule('power', {
      match: { service: 'power' },
      stream: by(() => 'rack 1', alert({ summary: 'power', notify: [] })),
    })
    const played = play(
      [power, app({ dependsOn: power })],
      at('1m', { ...says('critical', 'a'), service: 'power' }),
      at('2m', says('critical', 'a'), says('critical', 'c')),
      at('3m', { ...says('warning', 'b'), service: 'power' }),
      at('4m', says('critical', 'b')),
      at('5m', { ...says('ok', 'c'), service: 'power' }),
      at('6m', says('ok', 'a'), says('ok', 'b'), says('ok', 'c')),
      at('9m', says('critical', 'a'), says('critical', 'b')),
    )
    expect(played.messages({ until: '1h' })).toBe(lines`
      2m 5s  ops  firing    critical  c app
      3m 5s  ops  firing    critical  a app
      5m 5s  ops  firing    critical  b app
      6m 5s  ops  resolved  critical  a app
                  resolved  critical  b app
                  resolved  critical  c app
      9m 5s  ops  firing    critical  a app
                  firing    critical  b app`)
  })

  test('maintenance: held back in the window, told after it; an end of what was told before goes through', () => {
    const window = { from: '02:00', to: '03:00', timeZone: 'UTC' }
    const played = play(
      app({ maintenance: [window] }),
      at('110m', says('critical', 'before')),
      at('130m', says('critical', 'within'), says('critical', 'over'), says('ok', 'before')),
      at('140m', says('ok', 'over')),
    )
    expect(played.messages({ until: '4h' })).toBe(lines`
      1h 50m  ops  firing    critical  before app
      2h 10m  ops  resolved  critical  before app
      3h      ops  firing    critical  within app`)
  })

  test('flapping: told once, then nothing until it settles, as it is then', () => {
    const flap = (from: number, times: number) =>
      Array.from({ length: times }, (_, n) => [
        at(`${from + n * 60}s`, says('critical')),
        at(`${from + n * 60 + 30}s`, says('ok')),
      ]).flat()
    expect(play(app(), ...flap(60, 8)).messages({ until: '2h' })).toBe(lines`
      1m 5s    ops  firing    critical  a app
      1m 35s   ops  resolved  critical  a app
      2m 5s    ops  firing    critical  a app
      2m 35s   ops  resolved  critical  a app
      3m 5s    ops  firing    critical  a app
      3m 35s   ops  resolved  critical  a app
      4m 5s    ops  flapping  critical  a app
      18m 35s  ops  settled   ok        a app`)
    const onAtTheEnd = play(app(), ...flap(60, 5), at('6m', says('critical')))
    expect(onAtTheEnd.messages({ until: '2h' }).split('\n').at(-1)).toBe(
      '16m 5s  ops  settled   critical  a app',
    )
    expect(
      play(app({ flapping: false }), ...flap(60, 8))
        .messages({ until: '2h' })
        .split('\n'),
    ).toHaveLength(16)
  })

  describe('what people decide', () => {
    /** A fold with one alert rule, moved by hand. */
    class Desk {
      readonly fold = new Fold({
        rules: [app({ repeat: '1h', escalate: { after: '10m', to: [boss] } })],
        name: 'hub',
        report: () => {},
      })
      readonly told: string[] = []
      readonly log: string[] = []

      at(seconds: number, act: () => void = () => {}): this {
        this.fold.begin(this.fold.position + 1)
        this.fold.advance(seconds * SECOND)
        act()
        const { notifications, log } = this.fold.decisions()
        for (const { at, destination, items } of notifications) {
          this.told.push(
            `${at / SECOND} ${destination} ${items.map(({ status, host }) => `${status} ${host}`).join(', ')}`,
          )
        }
        for (const { what, detail, key } of log) this.log.push(`${what} ${key} ${detail}`)
        return this
      }

      say(seconds: number, state: string, host = 'a'): this {
        return this.at(seconds, () => this.fold.events([makeEvent({ ...says(state, host), time: 0 })]))
      }

      get id(): string {
        return [...this.fold.book.open][0]?.id ?? ''
      }
    }
    const who = { who: 'kim', why: 'looking' }

    test('an acknowledged alert is neither repeated nor escalated, until that is over', () => {
      const desk = new Desk().say(0, 'critical').at(60)
      desk.at(70, () =>
        expect(desk.fold.book.acknowledge(desk.id, { ...who, at: 0, until: 4000 * SECOND })).toBe(true),
      )
      desk.at(3999)
      expect(desk.told).toEqual(['5 ops firing a'])
      desk.at(4100).say(5000, 'ok').at(5010)
      expect(desk.told).toEqual([
        '5 ops firing a',
        '4005 boss escalated a',
        '4005 ops repeated a',
        '5005 ops resolved a',
        '5005 boss resolved a',
      ])
      expect(desk.log).toContain('acknowledged a by kim: looking, for 1h 6m')
      expect(desk.fold.book.acknowledge('nobody', { ...who, at: 0, until: undefined })).toBe(false)
    })

    test('a silence holds back telling until its time; what still fires is told then', () => {
      const desk = new Desk()
      desk.at(1, () => desk.fold.book.silence({ match: { host: 'web-*' }, ...who, until: 600 * SECOND }))
      desk
        .say(2, 'critical', 'web-1')
        .say(3, 'critical', 'web-2')
        .say(4, 'critical', 'db-1')
        .say(100, 'ok', 'web-2')
        .at(700)
      expect(desk.told.filter((line) => line.includes('ops'))).toEqual([
        '9 ops firing db-1',
        '605 ops firing web-1',
      ])
      expect(desk.log.filter((line) => line.startsWith('not told'))).toEqual([
        expect.stringMatching(/^not told web-1 silence: s-/),
        expect.stringMatching(/^not told web-2 silence: s-/),
        expect.stringMatching(/^not told web-2 its end: nobody had been told/),
      ])
    })

    test('who was told of the firing is told of the end, whatever is silenced meanwhile', () => {
      const desk = new Desk().say(0, 'critical').at(10)
      desk.at(20, () => desk.fold.book.silence({ match: { rule: 'app' }, ...who, until: undefined }))
      desk.say(30, 'ok').at(40)
      expect(desk.told).toEqual(['5 ops firing a', '35 ops resolved a'])
    })

    test('a silence without a time ends when nothing that it holds back fires any more, and one can be ended by hand', () => {
      const desk = new Desk()
      let id = ''
      desk.at(1, () => desk.fold.book.silence({ match: { host: 'a' }, ...who, until: undefined }))
      desk.at(1, () => {
        id = desk.fold.book.silence({ match: { host: 'b' }, ...who, until: undefined })
      })
      desk.say(2, 'critical', 'a').say(3, 'critical', 'b').say(20, 'ok', 'a').say(30, 'critical', 'a').at(40)
      expect(desk.told).toEqual(['35 ops firing a'])
      desk.at(50, () => expect(desk.fold.book.telling.unsilence(id)).toBe(true)).at(60)
      expect(desk.told).toEqual(['35 ops firing a', '55 ops firing b'])
      expect(desk.fold.book.telling.unsilence(id)).toBe(false)
    })

    test('a silence without a time waits for what it is made for: what fires and is over elsewhere does not end it', () => {
      const desk = new Desk().say(1, 'critical', 'b')
      desk.at(2, () => desk.fold.book.silence({ match: { host: 'a' }, ...who, until: undefined }))
      desk.say(3, 'ok', 'b').at(20).say(30, 'critical', 'a').at(40)
      expect(desk.told).toEqual(['8 ops blip b'])
      desk.say(50, 'ok', 'a').say(60, 'critical', 'a').at(70)
      expect(desk.told).toEqual(['8 ops blip b', '65 ops firing a'])
    })

    test('a silence without a time holds back, too, what is over before it could be told', () => {
      const desk = new Desk()
      desk.at(1, () => desk.fold.book.silence({ match: { host: 'a' }, ...who, until: undefined }))
      desk.say(2, 'critical', 'a').say(4, 'ok', 'a').at(20)
      expect(desk.told).toEqual([])
      desk.say(30, 'critical', 'a').at(40)
      expect(desk.told).toEqual(['35 ops firing a'])
    })

    test('of two silences without a time each ends by what it matches itself', () => {
      const desk = new Desk()
      desk.at(1, () => desk.fold.book.silence({ match: { host: 'a' }, ...who, until: undefined }))
      desk.at(1, () => desk.fold.book.silence({ match: { rule: 'app' }, ...who, until: undefined }))
      desk.say(2, 'critical', 'a').say(3, 'critical', 'b').say(20, 'ok', 'b').at(40)
      expect(desk.fold.book.telling.silences.size).toBe(2)
      desk.say(50, 'ok', 'a').at(60)
      expect(desk.fold.book.telling.silences.size).toBe(0)
      expect(desk.told).toEqual([])
    })
  })

  test('flapping in a maintenance window is not told, nor that it settled there', () => {
    const flaps = Array.from({ length: 6 }, (_, n) => [
      at(`${60 + n * 60}s`, says('critical')),
      at(`${90 + n * 60}s`, says('ok')),
    ]).flat()
    const window = { from: '00:00', to: '01:00', timeZone: 'UTC' }
    expect(play(app({ maintenance: [window] }), ...flaps).messages({ until: '3h' })).toBe('')
  })

  test('released while it was stale: told when it is heard again and still fires', () => {
    const beats = (from: `${number}m`, until: `${number}m`) =>
      every('10s', { from, until }, { host: 'a', service: 'heartbeat', ttl: 20 })
    const silentApp = { host: 'a', service: 'app', state: 'critical', ttl: 60 }
    const played = play(
      [hostDown, app({ dependsOn: hostDown })],
      beats('1m', '5m'),
      at('6m', silentApp),
      beats('20m', '40m'),
      at('30m', silentApp),
    )
    expect(played.messages({ until: '40m' })).toBe(lines`
      5m 15s  ops  firing    critical  a heartbeat
      20m 5s  ops  resolved  critical  a heartbeat
      30m 5s  ops  firing    critical  a app`)
  })

  test('repeated and escalated, too, after it was stale for a while', () => {
    const short = { host: 'a', service: 'app', state: 'critical', ttl: 60 }
    const played = play(
      app({ repeat: '1h', escalate: { after: '30m', to: [boss] } }),
      at('1m', short),
      at('10m', { ...short, ttl: 86_400 }),
    )
    expect(played.messages({ until: '2h' })).toBe(lines`
      1m 5s   ops   firing     critical  a app
      31m 5s  boss  escalated  critical  a app
      1h 31m  ops   repeated   critical  a app
      1h 31m  boss  repeated   critical  a app`)
  })

  test('a parent that fires for one host and is over by an event of another holds nothing back any more', () => {
    const anywhere = rule('anywhere', {
      match: { service: 'net' },
      stream: alert({ summary: 'net', notify: [] }),
    })
    const net = (host: string, state: string) => ({ host, service: 'net', state, ttl: 86_400 })
    const played = play(
      [anywhere, app({ dependsOn: anywhere })],
      at('1m', net('a', 'critical')),
      at('2m', says('critical')),
      at('3m', net('b', 'ok')),
      at('4m', says('ok')),
      at('5m', says('critical')),
    )
    expect(played.messages({ until: '6m' })).toBe(lines`
      3m 5s  ops  firing    critical  a app
      4m 5s  ops  resolved  critical  a app
      5m 5s  ops  firing    critical  a app`)
  })

  test('rules that depend on each other in a circle are refused', () => {
    const one = rule('one', { stream: alert({ summary: '', notify: [], dependsOn: { name: 'two' } }) })
    const two = rule('two', { stream: alert({ summary: '', notify: [], dependsOn: { name: 'one' } }) })
    expect(() => play([one, two])).toThrow("rule 'one': dependsOn: it depends on itself, through two, one")
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    [
      'gives no text',
      (event: { description?: string | undefined }) =>
        JSON.parse(JSON.stringify({ text: event.description })).text,
    ],
  ])('a summary that %s does not cost the alert', (_, summary) => {
    const played = play(app({ summary }), at('1m', says('critical')))
    played.timetable({ until: '2m' })
    expect(played.notifications.flatMap(({ items }) => items.map((item) => item.summary))).toEqual([
      'app a app critical',
    ])
  })

  test('wrong options are refused when the rule is made', () => {
    expect(() => app({ maintenance: [{ from: '2', to: '03:00', timeZone: 'UTC' }] })).toThrow(
      "from '2' is no time of day",
    )
    expect(() => app({ repeat: '0s' })).toThrow('is not a duration')
  })
})
