import { describe, expect, test } from 'vitest'
import type { AlertOptions } from '../rules/effects.ts'
import { Rig } from '../rules/rig.fixture.ts'
import { alert } from './alert.ts'
import { by } from './by.ts'

const ops = { name: 'ops' }
const boss = { name: 'boss' }
const rig = (options: Partial<AlertOptions> = {}) =>
  new Rig((rig) => [
    {
      name: 'r',
      stream: (source) =>
        source.pipe(by(['host', 'service'], alert({ summary: 's', notify: [ops], ...options })), rig.note()),
    },
  ])
const changes = (rig: Rig) =>
  rig.fold.decisions().changes.map(({ kind, alert }) => `${kind} ${alert.severity} ${alert.key}`)

describe('alert', () => {
  test('opens, changes and closes the alert of the rule and its keys by the state; events pass on', () => {
    const one = rig()
    one.send(
      1,
      { host: 'a', service: 's', state: 'warning' },
      { host: 'b', state: 'ok' },
      { host: 'b', state: 'critical' },
    )
    one.send(
      2,
      { host: 'a', service: 's', state: 'critical' },
      { host: 'a', service: 's', state: 'critical' },
    )
    one.send(3, { host: 'a', service: 's', state: 'ok' })
    expect(changes(one)).toEqual([
      'firing warning a,s',
      'firing critical b,',
      'changed critical a,s',
      'resolved critical a,s',
    ])
    expect(one.seen).toHaveLength(6)
  })

  test('an expired event makes it stale, never closes it', () => {
    const one = rig({ ok: ['ok', 'expired'] })
    one.send(1, { host: 'a', state: 'bad' }).send(2, { host: 'a', state: 'expired' })
    expect(changes(one)).toEqual(['firing bad a,', 'stale bad a,'])
  })

  test('what is ok can be said', () => {
    const one = rig({ ok: ['up', 'fine'] })
    one
      .send(1, { host: 'a', state: 'fine' })
      .send(2, { host: 'a', state: 'ok' })
      .send(3, { host: 'a', state: 'up' })
    expect(changes(one)).toEqual(['firing ok a,', 'resolved ok a,'])
  })

  test('an event without a state is an error that says what to do', () => {
    const one = rig()
    one.send(1, { host: 'a', metric: 1 })
    expect(one.failures).toEqual([
      "rule 'r', alert: an event without a state: put severity() before alert(), or set the state with map() (at a)",
    ])
    expect(one.seen).toEqual([])
  })

  test('whom a rule tells is known when it is loaded', () => {
    const one = rig({ escalate: { after: '10m', to: [boss] } })
    expect([...one.fold.engine.targets]).toEqual([
      [ops, 'r'],
      [boss, 'r'],
    ])
  })

  test.each<[string, Partial<AlertOptions>]>([
    ['group.wait', { group: { wait: '-5s' } }],
    ['group.max', { group: { max: '0s' } }],
    ['repeat', { repeat: '0x1h' }],
    ['escalate.after', { escalate: { after: '1e3s' as '1s', to: [boss] } }],
  ])('a wrong duration of %s is refused when the rule is loaded', (_, options) => {
    expect(() => alert({ summary: 's', notify: [ops], ...options })).toThrow('is not a duration')
  })
})

describe('what types would have found is refused without them', () => {
  const CASES: readonly (readonly [options: object, problem: string])[] = [
    [{ runbok: 'x' }, "there is no option 'runbok'; there are summary, notify, runbook"],
    [{ summary: undefined }, 'summary takes a text, or a function of the event that gives one'],
    [{ notify: undefined }, 'notify takes a list of destinations; [] for nobody'],
    [{ notify: [undefined] }, 'notify: undefined is no destination; make it with slack() or logOnly()'],
  ]
  test.each(CASES)('%j', (options, problem) => {
    expect(() => alert({ summary: 's', notify: [ops], ...options } as AlertOptions)).toThrow(
      `rule 'alert': ${problem}`,
    )
  })
})
