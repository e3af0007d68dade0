import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { LogicalClock } from '../clock/logical.ts'
import type { Alert } from './alert.ts'
import { Batch, itemOf, type Unsaid } from './batch.ts'
import { policyOf } from './policy.ts'

const policy = policyOf({ summary: '', notify: [], unit: '%', group: { wait: '5s', max: '30s', size: 3 } })

function alertAt(severity: string, changed = 0): Alert {
  const event = makeEvent({ time: 0, host: 'h', service: 's', description: 'd', metric: 7 })
  return {
    id: 'i',
    rule: 'r',
    key: ['h', undefined],
    status: 'firing',
    severity,
    since: 1,
    changed,
    summary: 'summary',
    event,
    policy,
    cause: { incoming: null, event, path: [] },
    told: [],
    lastTold: undefined,
    withheld: undefined,
    acknowledged: undefined,
    escalated: false,
    closed: undefined,
    messages: [],
  }
}

/** A batch on a clock, and the seconds at which it was closed. */
function rig() {
  const clock = new LogicalClock()
  const closed: number[] = []
  const batch = new Batch(clock, 'r', 'ops', () => closed.push(clock.now / SECOND))
  const add = (
    second: number,
    name: string,
    status: Unsaid['status'],
    severity = 'critical',
    previous?: string,
  ) => {
    clock.advance(second * SECOND, () => {})
    batch.add(name, { status, alert: alertAt(severity), previous }, policy)
  }
  const unsaid = () =>
    [...batch.unsaid].map(
      ([name, { status, previous, alert }]) => `${name} ${status} ${previous ?? '-'} ${alert.severity}`,
    )
  return {
    clock,
    closed,
    batch,
    add,
    unsaid,
    run: (second: number) => clock.advance(second * SECOND, () => {}),
  }
}

describe('a batch closes', () => {
  test.each<[string, readonly number[], number]>([
    ['when nothing joined for its wait', [1, 3, 4], 9],
    ['at the latest its max after the first', [1, 5, 9, 13, 17, 21, 25, 29], 31],
  ])('%s', (_, seconds, expected) => {
    const { add, closed, run } = rig()
    for (const second of seconds) add(second, 'a', 'changed')
    run(100)
    // It was made at 0, and that is when its max began.
    expect(closed).toEqual([Math.min(expected, 30)])
  })

  test('at once when it is full', () => {
    const { add, closed, run } = rig()
    for (const name of ['a', 'b', 'c']) add(2, name, 'firing')
    expect(closed).toEqual([])
    run(2)
    expect(closed).toEqual([2])
  })
})

describe('changes that nobody was told of in between', () => {
  test.each<[string, readonly [Unsaid['status'], string, string?][], string]>([
    ['fires', [['firing', 'critical']], 'firing - critical'],
    [
      'fires and gets worse',
      [
        ['firing', 'warning'],
        ['changed', 'critical', 'warning'],
      ],
      'firing - critical',
    ],
    [
      'fires and is over',
      [
        ['firing', 'critical'],
        ['resolved', 'critical', 'critical'],
      ],
      'blip - critical',
    ],
    [
      'fires, is over and fires',
      [
        ['firing', 'warning'],
        ['resolved', 'warning', 'warning'],
        ['firing', 'critical'],
      ],
      'firing - critical',
    ],
    [
      'changes and changes back',
      [
        ['changed', 'critical', 'warning'],
        ['changed', 'warning', 'critical'],
      ],
      'changed warning warning',
    ],
    [
      'changes and is over',
      [
        ['changed', 'critical', 'warning'],
        ['resolved', 'critical', 'critical'],
      ],
      'resolved warning critical',
    ],
    [
      'is over and fires',
      [
        ['resolved', 'critical', 'critical'],
        ['firing', 'warning'],
      ],
      'firing critical warning',
    ],
    [
      'is over, fires and is over: whoever was told before hears of the end',
      [
        ['resolved', 'critical', 'critical'],
        ['firing', 'warning'],
        ['resolved', 'warning', 'warning'],
      ],
      'resolved critical warning',
    ],
    [
      'is over, fires and changes',
      [
        ['resolved', 'critical', 'critical'],
        ['firing', 'warning'],
        ['changed', 'critical', 'warning'],
      ],
      'firing critical critical',
    ],
    [
      'is escalated and over',
      [
        ['escalated', 'critical'],
        ['resolved', 'critical', 'critical'],
      ],
      'blip - critical',
    ],
    [
      'flaps and is over',
      [
        ['flapping', 'critical'],
        ['resolved', 'critical', 'critical'],
      ],
      'flapping - critical',
    ],
  ])('%s', (_, changes, expected) => {
    const { add, unsaid } = rig()
    for (const [status, severity, previous] of changes) add(1, 'a', status, severity, previous)
    expect(unsaid()).toEqual([`a ${expected}`])
  })

  test('are in the order of the first', () => {
    const { add, unsaid } = rig()
    add(1, 'a', 'firing')
    add(1, 'b', 'firing')
    add(2, 'a', 'changed')
    expect(unsaid().map((line) => line.charAt(0))).toEqual(['a', 'b'])
  })
})

test('goes on from where it was saved', () => {
  const { add, batch } = rig()
  add(1, 'a', 'firing')
  add(3, 'b', 'firing')
  const saved = JSON.parse(JSON.stringify(batch.save()))
  const { clock, closed, batch: other, unsaid, run } = rig()
  clock.resume(4 * SECOND, 10)
  other.load(saved)
  run(100)
  expect([closed, unsaid()]).toEqual([[8], ['a firing - critical', 'b firing - critical']])
})

test('what a message says of an alert', () => {
  const item = itemOf({ alert: alertAt('critical', 5), status: 'changed', previous: 'warning' }, 9)
  expect(item).toEqual({
    status: 'changed',
    severity: 'critical',
    previous: 'warning',
    key: ['h', ''],
    alert: 'i',
    host: 'h',
    service: 's',
    summary: 'summary',
    description: 'd',
    metric: 7,
    unit: '%',
    since: 1,
    at: 9,
  })
  expect(itemOf({ alert: alertAt('critical', 5), status: 'resolved', previous: undefined }, 9).at).toBe(5)
})
