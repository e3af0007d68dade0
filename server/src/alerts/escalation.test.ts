import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import type { AlertOptions } from '../rules/effects.ts'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { at, lines, play } from '../testing/index.ts'

const ops = { name: 'ops' }
const boss = { name: 'boss' }
const app = (options: Partial<AlertOptions> = {}) =>
  rule('app', {
    match: { service: 'app' },
    stream: by(
      'host',
      alert({ summary: 'bad', notify: [ops], escalate: { after: '10m', to: [boss] }, ...options }),
    ),
  })
const says = (state: string, host = 'a') => ({ host, service: 'app', state, ttl: 86_400 })
const window = (from: string, to: string) => ({ maintenance: [{ from, to, timeZone: 'UTC' }] })

describe('an escalation', () => {
  test('that falls into a maintenance window is told when the window is over', () => {
    const played = play(app(window('00:05', '00:30')), at('1m', says('critical')), at('55m', says('ok')))
    expect(played.messages({ until: '2h' })).toBe(lines`
      1m 5s   ops   firing     critical  a app
      30m 5s  boss  escalated  critical  a app
      55m 5s  ops   resolved   critical  a app
      55m 5s  boss  resolved   critical  a app`)
  })

  test('that a window catches within the wait of the group, too', () => {
    const { messages } = play(
      app(window('00:11', '00:30')),
      at('58s', says('critical')),
      at('55m', says('ok')),
    )
    expect(messages({ until: '2h' })).toBe(lines`
      1m 3s   ops   firing     critical  a app
      30m 5s  boss  escalated  critical  a app
      55m 5s  ops   resolved   critical  a app
      55m 5s  boss  resolved   critical  a app`)
  })

  test('is not told when the alert is over before it could be: nobody is called for nothing', () => {
    const played = play(app(), at('1m', says('critical')), at('663s', says('ok')))
    expect(played.messages({ until: '1h' })).toBe(lines`
      1m 5s   ops  firing    critical  a app
      11m 8s  ops  resolved  critical  a app`)
  })

  test('to those who know already is over for them as for all', () => {
    const played = play(
      app({ escalate: { after: '10m', to: [ops] } }),
      at('1m', says('critical')),
      at('663s', says('ok')),
    )
    expect(played.messages({ until: '1h' })).toBe(lines`
      1m 5s   ops  firing    critical  a app
      11m 8s  ops  resolved  critical  a app`)
  })

  test('that was told hears the end, also when that comes in a window', () => {
    const played = play(app(window('00:20', '00:40')), at('1m', says('critical')), at('25m', says('ok')))
    expect(played.messages({ until: '1h' })).toBe(lines`
      1m 5s   ops   firing     critical  a app
      11m 5s  boss  escalated  critical  a app
      25m 5s  ops   resolved   critical  a app
      25m 5s  boss  resolved   critical  a app`)
  })

  test('that was not told yet is not when somebody takes the alert on, until that is over', () => {
    const fold = new Fold({ rules: [app()], name: 'hub', report: () => {} })
    const told: string[] = []
    const log: string[] = []
    const step = (seconds: number, act: () => void = () => {}) => {
      fold.begin(fold.position + 1)
      fold.advance(seconds * SECOND)
      act()
      const decisions = fold.decisions()
      for (const { at, destination, items } of decisions.notifications)
        told.push(`${at / SECOND} ${destination} ${items.map(({ status }) => status)}`)
      for (const { what, detail } of decisions.log) log.push(`${what} ${detail}`)
    }
    step(60, () => fold.events([makeEvent({ ...says('critical'), time: 0 })]))
    step(661)
    step(663, () => {
      const [{ id } = { id: '' }] = fold.book.open
      fold.book.acknowledge(id, { who: 'kim', why: 'on it', at: 0, until: 1000 * SECOND })
    })
    step(999)
    expect(told).toEqual(['65 ops firing'])
    expect(log.at(-1)).toBe('not told boss: acknowledged before it was escalated')
    step(1100)
    expect(told).toEqual(['65 ops firing', '1005 boss escalated'])
  })
})
