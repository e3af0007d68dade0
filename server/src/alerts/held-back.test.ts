import { describe, expect, test } from 'vitest'
import type { AlertOptions } from '../rules/effects.ts'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { at, lines, play } from '../testing/index.ts'

const ops = { name: 'ops' }
const app = (options: Partial<AlertOptions> = {}) =>
  rule('app', {
    match: { service: 'app' },
    stream: by('host', alert({ summary: 'bad', notify: [ops], ...options })),
  })
const says = (state: string, host = 'a') => ({ host, service: 'app', state, ttl: 86_400 })
const window = (from: string, to: string) => ({ maintenance: [{ from, to, timeZone: 'UTC' }] })

describe('what was held back is told when nothing stands against it any more', () => {
  test('a change, to those who know that it fires, as a change; and as it stands by then', () => {
    const played = play(
      app(window('00:05', '00:30')),
      at('1m', says('warning'), says('warning', 'b')),
      at('10m', says('critical'), says('critical', 'b')),
      at('20m', says('warning', 'b')),
    )
    expect(played.messages({ until: '1h' })).toBe(lines`
      1m 5s   ops  firing   warning   a app
                   firing   warning   b app
      30m 5s  ops  changed  critical  a app`)
    expect(played.notifications[1]?.items[0]?.previous).toBe('warning')
  })

  test('a repetition, once', () => {
    const played = play(
      app({ repeat: '10m', ...window('00:05', '00:35') }),
      at('1m', says('critical')),
      at('40m', says('ok')),
    )
    expect(played.messages({ until: '1h' })).toBe(lines`
      1m 5s   ops  firing    critical  a app
      35m 5s  ops  repeated  critical  a app
      40m 5s  ops  resolved  critical  a app`)
  })
})

describe('flapping', () => {
  const flaps = (times: number, from = 60) =>
    Array.from({ length: times }, (_, n) => [
      ...at(`${from + n * 60}s`, says('critical')),
      ...at(`${from + 30 + n * 60}s`, says('ok')),
    ]).flat()

  test('that was told is told to be over, whatever stands against telling by then', () => {
    const played = play(app(window('00:06', '00:30')), flaps(4))
    expect(played.messages({ until: '1h' }).split('\n').slice(-2).join('\n')).toBe(lines`
      4m 5s    ops  flapping  critical  a app
      14m 35s  ops  settled   ok        a app`)
  })

  test('that was told and settles while it fires: its end is told, too', () => {
    const played = play(
      app(window('00:06', '00:30')),
      flaps(4),
      at('5m', says('critical')),
      at('20m', says('ok')),
    )
    expect(played.messages({ until: '1h' }).split('\n').slice(-2).join('\n')).toBe(lines`
      4m 5s   ops  flapping  critical  a app
      20m 5s  ops  resolved  critical  a app`)
    const on = play(app(window('00:06', '00:30')), flaps(4), at('5m', says('critical')))
    expect(on.messages({ until: '1h' }).split('\n').slice(-2).join('\n')).toBe(lines`
      4m 5s   ops  flapping  critical  a app
      30m 5s  ops  settled   critical  a app`)
  })

  test('that nobody was told of: who was not told that it flaps is told that it fires when it has settled', () => {
    const played = play(app(window('00:00', '00:10')), flaps(4), at('5m', says('critical')))
    expect(played.messages({ until: '1h' })).toBe('15m 5s  ops  firing  critical  a app')
  })

  test('that settles before it was told is told as if it never had flapped', () => {
    const quick = app({ flapping: { count: 2, within: '3s' } })
    const played = play(quick, at('1s', says('critical')), at('2s', says('ok')), at('3s', says('critical')))
    expect(played.messages({ until: '1m' })).toBe('11s  ops  firing  critical  a app')
  })
})
