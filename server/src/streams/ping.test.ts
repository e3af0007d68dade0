import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { Fold } from '../fold.ts'
import { rule } from '../rules/rule.ts'
import { ping } from './ping.ts'

test('each event is a message to its destination, without an alert', () => {
  const fold = new Fold({
    rules: [rule('proof of life', { match: { service: 'weir/probe' }, stream: ping({ name: 'lifeline' }) })],
    name: 'hub',
    report: () => {},
  })
  fold.begin(1)
  fold.advance(5_000_000)
  fold.events([
    makeEvent({ host: 'hub', service: 'weir/probe', time: 0 }),
    makeEvent({ host: 'hub', service: 'other', time: 0 }),
    makeEvent({ host: 'hub', service: 'weir/probe', time: 0 }),
  ])
  const { notifications, changes, log } = fold.decisions()
  expect(notifications.map(({ destination, rule, at }) => [destination, rule, at])).toEqual([
    ['lifeline', 'proof of life', 5_000_000],
    ['lifeline', 'proof of life', 5_000_000],
  ])
  expect(new Set(notifications.map(({ id }) => id)).size).toBe(2)
  expect([changes, log]).toEqual([[], []])
  expect([...fold.engine.targets.keys()]).toEqual([{ name: 'lifeline' }])
})
