import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { Rig } from '../rules/rig.fixture.ts'
import { rule } from '../rules/rule.ts'
import { at, every, lines, play } from '../testing/index.ts'
import { alert } from './alert.ts'
import { by } from './by.ts'
import { severity } from './severity.ts'
import { above, atLeast, below, type Threshold } from './threshold.ts'

const ops = { name: 'ops' }
const held = rule('disk', {
  match: { service: 'df' },
  stream: by(
    ['host', 'service'],
    severity({ critical: below(5), warning: below(10) }, { for: '5m', clearFor: '5m' }),
    alert({ summary: (e) => `${e.metric} left`, notify: [ops] }),
  ),
})
const atOnce = rule('disk', {
  stream: by(
    'host',
    severity({ critical: below(5), warning: below(10) }),
    alert({ summary: 'full', notify: [ops] }),
  ),
})
const df = { host: 'db-1', service: 'df', ttl: 20 }
const every10 = (from: `${number}m`, until: `${number}m`, metric: number) =>
  every('10s', { from, until }, { ...df, metric })

describe('severity', () => {
  test('is said after it has held for `for`, and over after `clearFor`', () => {
    const played = play(
      held,
      every('10s', { from: 0, until: '10m' }, { ...df, metric: 4 }),
      every10('10m', '20m', 60),
    )
    expect(played.timetable({ until: '20m' })).toBe(lines`
      5m   firing    critical  db-1 df  -> ops
      15m  resolved  ok        db-1 df  -> ops`)
    expect(played.failures).toEqual([])
  })

  test('critical counts as warning: a mixture of both is a warning', () => {
    const played = play(
      held,
      every('20s', { from: 0, until: '10m' }, { ...df, metric: 4 }),
      every('20s', { from: '10s', until: '10m' }, { ...df, metric: 8 }),
    )
    expect(played.timetable({ until: '10m' })).toBe('5m  firing  warning  db-1 df  -> ops')
  })

  test('gets worse and better by steps', () => {
    const played = play(
      atOnce,
      at('1s', { ...df, metric: 8 }),
      at('2s', { ...df, metric: 1 }),
      at('3s', { ...df, metric: 9 }),
      at('4s', { ...df, metric: 10 }),
    )
    expect(played.timetable({ until: '5s' })).toBe(lines`
      1s  firing    warning   db-1 df  -> ops
      2s  changed   critical  db-1 df  -> ops
      3s  changed   warning   db-1 df  -> ops
      4s  resolved  ok        db-1 df  -> ops`)
  })

  test('a break of one event starts the time anew', () => {
    const played = play(
      held,
      every('10s', { from: 0, until: '4m' }, { ...df, metric: 4 }),
      at('4m', { ...df, metric: 50 }),
      every10('4m', '10m', 4).slice(1),
    )
    expect(played.timetable({ until: '10m' })).toBe('9m 10s  firing  critical  db-1 df  -> ops')
  })

  test('what falls silent is stale, and neither fires nor is over by silence', () => {
    expect(
      play(held, every('10s', { from: 0, until: '4m' }, { ...df, metric: 4 })).timetable({ until: '20m' }),
    ).toBe('')
    expect(
      play(held, every('10s', { from: 0, until: '6m' }, { ...df, metric: 4 })).timetable({ until: '60m' }),
    ).toBe(lines`
      5m      firing  critical  db-1 df  -> ops
      6m 10s  stale   expired   db-1 df  -> nobody`)
  })

  test('each host has a severity of its own, and events without a metric are not judged', () => {
    const played = play(
      atOnce,
      at('1s', { ...df, metric: 1 }, { ...df, host: 'db-2', metric: 50 }, { ...df, host: 'db-3' }),
      at('2s', { ...df, host: 'db-2', metric: 7 }),
    )
    expect(played.timetable({ until: '5s' })).toBe(lines`
      1s  firing  critical  db-1 df  -> ops
      2s  firing  warning   db-2 df  -> ops`)
  })

  test('what was stale gets better only after `clearFor`, as ever', () => {
    const played = play(
      held,
      every('10s', { from: 0, until: '6m' }, { ...df, metric: 4 }),
      every10('20m', '40m', 60),
    )
    expect(played.timetable({ until: '40m' })).toBe(lines`
      5m      firing    critical  db-1 df  -> ops
      6m 10s  stale     expired   db-1 df  -> nobody
      20m     firing    critical  db-1 df  -> nobody
      25m     resolved  ok        db-1 df  -> ops`)
  })

  test('while all is well it sets no timer and keeps no event', () => {
    const rig = new Rig(() => [{ stream: severity({ critical: below(5) }, { for: '5m', clearFor: '5m' }) }])
    rig.send(1, { metric: 3 }).send(2, { metric: 50 })
    expect(rig.fold.clock.timers).toBe(0)
    const [cell] = rig.fold.engine.runs[0]?.group.cells ?? []
    expect(cell).toMatchObject({ state: { said: 0, rank: 0, last: null } })
  })

  test('an end for levels that come and go: the worse of two is said when both have held', () => {
    const levels = severity({ critical: above(90), warning: atLeast(80) }, { for: '10s' })
    const rig = new Rig((rig) => [{ stream: pipe(levels, rig.note()) }])
    rig.send(0, { metric: 85 }).send(5, { metric: 95 }).run(20)
    rig.send(20, { metric: 85 }).send(21, { metric: 10 })
    expect(rig.seen).toEqual([
      '0 85 ok',
      '5 95 ok',
      '10 95 warning',
      '15 95 critical',
      '20 85 warning',
      '21 10 ok',
    ])
  })

  test('infinite metrics are judged, what is not a number is not', () => {
    const rig = new Rig((rig) => [{ stream: pipe(severity({ critical: above(90) }), rig.note()) }])
    rig.send(1, { metric: Number.POSITIVE_INFINITY }).send(2, { metric: Number.NaN }).send(3, { metric: 1 })
    expect(rig.seen).toEqual(['1 Infinity critical', '3 1 ok'])
  })
})

test('refuses levels that would never be said', () => {
  expect(() => severity({ critical: 500 as unknown as Threshold })).toThrow(
    "rule 'severity': critical takes a threshold such as above(90) or below(5), not 500",
  )
  expect(() => severity({ crit: above(5) } as object)).toThrow(
    "rule 'severity': there is no level 'crit'; there are critical and warning",
  )
  expect(() => severity({ critical: above(5) }, { fro: '5m' } as object)).toThrow(
    "rule 'severity': there is no option 'fro'; there are for, clearFor",
  )
})
