import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { loadFold, saveFold } from '../checkpoint.ts'
import { SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import type { AlertOptions } from '../rules/effects.ts'
import { type Rule, rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'

const ops = { name: 'ops' }
const boss = { name: 'boss' }
const app = (options: Partial<AlertOptions> = {}) =>
  rule('app', {
    match: { service: 'app' },
    stream: by('host', alert({ summary: 'bad', notify: [ops], ...options })),
  })
const says = (state: string, host = 'a') => ({ host, service: 'app', state, ttl: 86_400 })
const window = (from: string, to: string) => ({ maintenance: [{ from, to, timeZone: 'UTC' }] })

/** A fold, moved by hand; what it tells, as lines. */
class Desk {
  fold: Fold
  readonly told: string[] = []

  constructor(...rules: readonly Rule[]) {
    this.fold = new Fold({ rules, name: 'hub', report: () => {} })
  }

  at(seconds: number, act: () => void = () => {}): this {
    this.fold.begin(this.fold.position + 1)
    this.fold.advance(seconds * SECOND)
    act()
    for (const { at, destination, items } of this.fold.decisions().notifications)
      for (const { status, host, reason } of items)
        this.told.push([at / SECOND, destination, status, host, reason].filter(Boolean).join(' '))
    return this
  }

  say(seconds: number, ...events: readonly Partial<Event>[]): this {
    return this.at(seconds, () => this.fold.events(events.map((parts) => makeEvent({ time: 0, ...parts }))))
  }

  reload(seconds: number, ...rules: readonly Rule[]): this {
    return this.at(seconds, () => this.fold.reload(rules, new Set()))
  }

  /** Goes on from a checkpoint of now, in another fold. */
  restart(...rules: readonly Rule[]): this {
    const saved = JSON.parse(JSON.stringify(saveFold(this.fold)))
    this.fold = new Fold({ rules, name: 'hub', report: () => {} })
    loadFold(this.fold, saved)
    return this
  }
}

describe('an alert that is open when its rule is changed', () => {
  test('is escalated as the rule says now, without an event', () => {
    const desk = new Desk(app()).say(60, says('critical'))
    desk.reload(300, app({ escalate: { after: '10m', to: [boss] } })).at(3600)
    expect(desk.told).toEqual(['65 ops firing a', '665 boss escalated a'])
  })

  test('is told to those who are to know now, and its end to all who know', () => {
    const desk = new Desk(app()).say(60, says('critical'))
    desk
      .reload(300, app({ notify: [boss] }))
      .say(600, says('ok'))
      .at(3600)
    expect(desk.told).toEqual([
      '65 ops firing a',
      '305 boss firing a',
      '605 ops resolved a',
      '605 boss resolved a',
    ])
  })

  test('is told when the window that held it back is not there any more', () => {
    const desk = new Desk(app(window('00:00', '02:00'))).say(60, says('critical')).at(120)
    expect(desk.told).toEqual([])
    desk.reload(300, app()).at(3600)
    expect(desk.told).toEqual(['305 ops firing a'])
  })

  test('of a rule with several alert()s it is so from the next event on', () => {
    const two = (to: { readonly name: string }) =>
      rule('app', {
        match: { service: 'app' },
        stream: by(
          'host',
          alert({ summary: '1', notify: [to] }),
          by('service', alert({ summary: '2', notify: [] })),
        ),
      })
    const desk = new Desk(two(ops)).say(60, says('critical')).reload(300, two(boss)).at(600)
    expect(desk.told).toEqual(['65 ops firing a'])
    desk.say(601, says('critical')).at(3600)
    expect(desk.told).toEqual(['65 ops firing a', '606 boss firing a'])
  })

  test('a restart is no change: nobody is told again', () => {
    const options = { escalate: { after: '1h', to: [boss] }, runbook: 'r.md' } as const
    const desk = new Desk(app(options)).say(60, says('critical')).at(120)
    const touched = desk.restart(app(options)).at(180).fold
    touched.events([makeEvent({ ...says('critical'), time: 0 })])
    expect(touched.decisions()).toEqual({ changes: [], notifications: [], touched: [], log: [] })
  })
})

describe('an alert whose rule is gone', () => {
  test('is over for whoever was told that it fires', () => {
    const desk = new Desk(app())
      .say(60, says('critical'), says('critical', 'b'))
      .at(100)
      .say(290, says('critical', 'c'))
    desk.reload(292).at(3600)
    expect(desk.told).toEqual([
      '65 ops firing a',
      '65 ops firing b',
      '297 ops resolved a its rule is gone',
      '297 ops resolved b its rule is gone',
    ])
  })

  test('also where it flaps', () => {
    const flaps = app({ flapping: { count: 2, within: '10m' } })
    const desk = new Desk(flaps).say(1, says('critical')).say(10, says('ok')).say(20, says('critical')).at(30)
    desk.say(31, says('ok')).say(32, says('critical')).reload(60).at(3600)
    expect(desk.told.slice(-2)).toEqual(['25 ops flapping a', '65 ops resolved a its rule is gone'])
  })
})

test('what is parked, and who knows that it flaps, outlives a restart', () => {
  const options = { escalate: { after: '10m', to: [boss] }, ...window('00:05', '00:30') } as const
  const run = (restart: boolean) => {
    const desk = new Desk(app(options)).say(60, says('critical'))
    for (const n of [0, 1, 2, 3])
      desk.say(61 + n * 20, says('critical', 'f')).say(71 + n * 20, says('ok', 'f'))
    desk.at(900)
    if (restart) desk.restart(app(options))
    return desk.at(7200).told
  }
  expect(run(true)).toEqual(run(false))
  expect(run(true).slice(-3)).toEqual(['126 ops flapping f', '736 ops settled f', '1805 boss escalated a'])
})
