import { expect, test } from 'vitest'
import { hasChanged, reloadLines } from './reload-lines.ts'
import type { ReloadReport } from './reload-report.ts'

const NOTHING: ReloadReport = { added: [], removed: [], changed: [], unchanged: [], volatile: [] }

test.each<[Partial<ReloadReport>, readonly string[]]>([
  [{ unchanged: ['a'] }, ['reload: 1 rule is unchanged and runs on']],
  [
    {
      added: ['new'],
      removed: ['old'],
      unchanged: ['a', 'b'],
      volatile: [
        { rule: 'b', lookback: '10m' },
        { rule: 'c', lookback: 90 },
      ],
    },
    [
      "reload: rule 'new' is new",
      "reload: rule 'old' is gone; its alerts are closed",
      'reload: 2 rules are unchanged and run on',
      "reload: rule 'b' is volatile: it uses operators of RxJS's own, and sees the last 10m again after a restart or a change",
      "reload: rule 'c' is volatile: it uses operators of RxJS's own, and sees the last 90s again after a restart or a change",
    ],
  ],
  [
    {
      changed: [
        { rule: 'kept', reset: 0, closed: 0 },
        { rule: 'one', reset: 1, closed: 0 },
        { rule: 'keys', reset: 3, closed: 1 },
        { rule: 'more', reset: 2, closed: 12 },
      ],
    },
    [
      "reload: rule 'kept' changed; all its states were carried over",
      "reload: rule 'one' changed; 1 operator starts anew",
      "reload: rule 'keys' changed; 3 operators start anew; 1 alert with its former keys closed",
      "reload: rule 'more' changed; 2 operators start anew; 12 alerts with its former keys closed",
    ],
  ],
  [{}, ['reload: there are no rules']],
  [{ removed: ['old'] }, ["reload: rule 'old' is gone; its alerts are closed"]],
])('%j', (report, lines) => {
  expect(reloadLines({ ...NOTHING, ...report }, 'reload')).toEqual(lines)
})

test('what is unchanged is no change', () => {
  expect(hasChanged({ ...NOTHING, unchanged: ['a'] })).toBe(false)
  expect(hasChanged({ ...NOTHING, removed: ['a'] })).toBe(true)
})
