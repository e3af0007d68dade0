import { describe, expect, test } from 'vitest'
import { config } from '../config.ts'
import { slack } from '../outputs/slack.ts'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { index } from '../streams/index-events.ts'
import { map } from '../streams/map.ts'
import { severity } from '../streams/severity.ts'
import { below } from '../streams/threshold.ts'
import { lines, play } from './play.ts'
import { at } from './timeline.ts'

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
