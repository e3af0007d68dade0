import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { condense } from './condense.ts'
import type { Notification, NotificationItem } from './notification.ts'

const MIN = 60_000_000

type Change = readonly [
  minute: number,
  status: NotificationItem['status'],
  severity: string,
  since: number,
  previous?: string,
]

function item([minute, status, severity, since, previous]: Change, key = 'db-1'): NotificationItem {
  return { status, severity, previous, key: [key], summary: key, since: since * MIN, at: minute * MIN }
}

function notification(items: readonly NotificationItem[], more: Partial<Notification> = {}): Notification {
  const at = Math.max(...items.map((each) => each.at))
  return { id: `n-${at / MIN}`, destination: 'ops', rule: 'disk full', at, items, ...more }
}

/** `minute status severity since (previous) ×times`, as the table has it. */
function told({ items }: Notification): readonly string[] {
  return items.map(({ at, status, severity, since, previous, times }) =>
    [at / MIN, status, severity, since / MIN, previous && `(was ${previous})`, times && `×${times}`]
      .filter((part) => part !== undefined)
      .join(' '),
  )
}

test.each<[string, readonly Change[], readonly string[]]>([
  ['a single change stays', [[0, 'firing', 'critical', 0]], ['0 firing critical 0']],
  [
    'fired and over is one line',
    [
      [0, 'firing', 'critical', 0],
      [12, 'resolved', 'critical', 0, 'critical'],
    ],
    ['12 blip critical 0'],
  ],
  [
    'fired, got worse and was over is one line',
    [
      [0, 'firing', 'warning', 0],
      [5, 'changed', 'critical', 0, 'warning'],
      [12, 'resolved', 'critical', 0, 'critical'],
    ],
    ['12 blip critical 0'],
  ],
  [
    'fired and got worse still fires for the first time',
    [
      [0, 'firing', 'warning', 0],
      [5, 'changed', 'critical', 0, 'warning'],
      [9, 'repeated', 'critical', 0],
    ],
    ['9 firing critical 0'],
  ],
  [
    'escalated stays escalated',
    [
      [0, 'firing', 'critical', 0],
      [5, 'escalated', 'critical', 0],
      [9, 'repeated', 'critical', 0],
    ],
    ['9 escalated critical 0'],
  ],
  [
    'changes of what was told are one change from the severity that was told',
    [
      [5, 'changed', 'warning', 0, 'notice'],
      [6, 'changed', 'critical', 0, 'warning'],
    ],
    ['6 changed critical 0 (was notice)'],
  ],
  [
    'there and back again is no change',
    [
      [5, 'changed', 'critical', 0, 'warning'],
      [6, 'changed', 'warning', 0, 'critical'],
    ],
    ['6 repeated warning 0 (was warning)'],
  ],
  [
    'changed and over is over',
    [
      [5, 'changed', 'critical', 0, 'warning'],
      [6, 'resolved', 'critical', 0, 'critical'],
    ],
    ['6 resolved critical 0 (was warning)'],
  ],
  [
    'the end of what was told and a new incident are both told',
    [
      [5, 'resolved', 'critical', 0, 'critical'],
      [7, 'firing', 'warning', 7],
    ],
    ['5 resolved critical 0 (was critical)', '7 firing warning 7'],
  ],
  [
    'of many incidents the last one and how many they were',
    [
      [0, 'firing', 'critical', 0],
      [1, 'resolved', 'critical', 0, 'critical'],
      [2, 'firing', 'critical', 2],
      [3, 'resolved', 'critical', 2, 'critical'],
      [4, 'firing', 'critical', 4],
    ],
    ['4 firing critical 4 ×3'],
  ],
  [
    'after the end of what was told, too',
    [
      [1, 'resolved', 'critical', 0, 'critical'],
      [2, 'firing', 'critical', 2],
      [3, 'resolved', 'critical', 2, 'critical'],
      [4, 'firing', 'critical', 4],
      [5, 'resolved', 'critical', 4, 'critical'],
    ],
    ['1 resolved critical 0 (was critical)', '5 blip critical 4 ×2'],
  ],
  [
    'an incident whose end nobody told has ended when the next one begins',
    [
      [1, 'changed', 'critical', 0, 'warning'],
      [4, 'firing', 'warning', 4],
    ],
    ['4 resolved critical 0 (was critical)', '4 firing warning 4'],
  ],
  [
    'flapping and settled',
    [
      [0, 'firing', 'critical', 0],
      [3, 'flapping', 'critical', 0],
      [9, 'settled', 'ok', 0],
    ],
    ['9 settled ok 0'],
  ],
])('%s', (_, changes, lines) => {
  expect(
    told(
      condense(
        changes.map((change) => notification([item(change)])),
        'folded',
      ),
    ),
  ).toEqual(lines)
})

describe('the message', () => {
  const disk = notification([item([1, 'firing', 'critical', 1], 'db-1')], { runbook: 'disk.md', link: 'l1' })
  const other = notification([item([2, 'firing', 'critical', 2], 'db-2')], { runbook: 'disk.md', link: 'l2' })
  const host = notification([item([3, 'firing', 'critical', 3], 'db-1')], {
    rule: 'host down',
    runbook: 'host.md',
  })

  test('about one rule is as its messages are', () => {
    expect(condense([disk, other], 'f')).toEqual({
      id: 'f',
      destination: 'ops',
      rule: 'disk full',
      runbook: 'disk.md',
      link: 'l2',
      at: 2 * MIN,
      items: [...disk.items, ...other.items],
      folded: 2,
    })
  })

  test('about several rules keeps apart the alerts of each', () => {
    const all = condense([disk, other, host], 'f')
    expect(all).toMatchObject({ rule: '2 rules', runbook: undefined, at: 3 * MIN, folded: 3 })
    expect(all.items.map(({ rule, key }) => `${rule}: ${key}`)).toEqual([
      'disk full: db-1',
      'disk full: db-2',
      'host down: db-1',
    ])
  })
})

test('folding what was folded is as folding all at once', () => {
  const change = fc.record({
    rule: fc.constantFrom('disk full', 'host down'),
    key: fc.constantFrom('db-1', 'db-2'),
    status: fc.constantFrom<NotificationItem['status'][]>('firing', 'changed', 'resolved', 'repeated'),
    severity: fc.constantFrom('warning', 'critical'),
    isNew: fc.boolean(),
  })
  const said = (folded: Notification) =>
    folded.items.map((each, index) => `${each.rule ?? folded.rule} ${each.key} ${told(folded)[index]}`)
  fc.assert(
    fc.property(fc.array(change, { minLength: 2, maxLength: 12 }), fc.nat(), (changes, anywhere) => {
      let since = 0
      const all = changes.map(({ rule, key, status, severity, isNew }, at) => {
        if (isNew) since = at
        return notification([item([at, status, severity, since, 'warning'], key)], { rule })
      })
      const cut = 1 + (anywhere % (all.length - 1))
      const twice = condense([condense(all.slice(0, cut), 'f'), ...all.slice(cut)], 'f')
      const once = condense(all, 'f')
      expect(said(twice)).toEqual(said(once))
      expect(twice.folded).toBe(once.folded)
    }),
  )
})
