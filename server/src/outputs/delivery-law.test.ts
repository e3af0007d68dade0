import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestWall } from '../clock/test-wall.ts'
import { startDelivery } from './delivery.ts'
import type { Delivery, Notification, NotificationItem } from './notification.ts'
import { openOutbox } from './outbox.ts'
import { isOver } from './wording.ts'

const SECOND = 1_000_000
const PACE = 1
const BUDGET = 4
const SEVERITIES = ['warning', 'critical']

type Behaviour = 'ok' | 'away' | 'slow' | 'later' | 'broken' | 'in parts'

/** A day: alerts that change, and how the receiver behaves at its next attempts. */
const day = fc.record({
  changes: fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 200 }),
      alerts: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 }),
      over: fc.boolean(),
      severity: fc.nat(1),
      stops: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  behaviours: fc.array(
    fc.constantFrom<Behaviour[]>('ok', 'ok', 'away', 'slow', 'later', 'broken', 'in parts'),
    { maxLength: 30 },
  ),
})

test('whatever the receiver does, it hears of every alert, in order, as it stands in the end, and at its pace', async () => {
  await fc.assert(
    fc.asyncProperty(day, async ({ changes, behaviours }) => {
      const wall = new TestWall(0)
      const outbox = openOutbox(new DatabaseSync(':memory:'))
      const received: Notification[] = []
      const begins: number[] = []
      let notBefore = 0
      let busy = 0
      const deliver = async (notification: Notification, signal: AbortSignal): Promise<Delivery> => {
        const now = wall.now()
        expect(++busy).toBe(1)
        expect(now).toBeGreaterThanOrEqual(notBefore)
        begins.push(now)
        const behaviour = behaviours.shift() ?? 'ok'
        if (behaviour === 'slow') await new Promise((resolve) => signal.addEventListener('abort', resolve))
        busy -= 1
        if (behaviour === 'later') notBefore = now + 90 * SECOND
        if (behaviour === 'ok') received.push(notification)
        return {
          ok: { kind: 'sent' } as const,
          away: { kind: 'retry', reason: 'HTTP 503' } as const,
          slow: { kind: 'retry', reason: 'no answer' } as const,
          later: { kind: 'retry', reason: 'HTTP 429', afterSeconds: 90 } as const,
          broken: { kind: 'pause', reason: 'HTTP 404' } as const,
          'in parts': { kind: 'more' } as const,
        }[behaviour]
      }
      const start = () =>
        startDelivery({
          outbox,
          destinations: [
            {
              kind: 'test',
              name: 'ops',
              describe: '',
              pace: PACE,
              budget: BUDGET,
              deliver: (notification, { signal }) => deliver(notification, signal),
            },
          ],
          wall,
          fetch,
          random: () => 0,
          log: { info: () => {}, warn: () => {}, error: () => {} },
        })
      let delivery = start()
      const since = new Map<number, number>()
      const last = new Map<string, NotificationItem>()
      const ids: string[] = []
      for (const [index, { after, alerts, over, severity, stops }] of changes.entries()) {
        await wall.advance(after * 1_000)
        const at = wall.now()
        // Three alerts each of two rules.
        for (const rule of [0, 1]) {
          const items = alerts.flatMap((alert): NotificationItem[] => {
            if (alert % 2 !== rule) return []
            const began = since.get(alert)
            if (began === undefined && over) return []
            if (over) since.delete(alert)
            else if (began === undefined) since.set(alert, at)
            return [
              {
                status: over ? 'resolved' : began === undefined ? 'firing' : 'changed',
                severity: SEVERITIES[severity] ?? '',
                key: [String(alert)],
                summary: '',
                since: began ?? at,
                at,
              },
            ]
          })
          if (items.length === 0) continue
          for (const item of items) last.set(`${rule} ${item.key}`, item)
          const id = `${index}-${rule}`
          ids.push(id)
          outbox.add([{ id, destination: 'ops', rule: String(rule), at, items }])
        }
        delivery.poke()
        if (stops) {
          const stopped = delivery.stop()
          await wall.advance(20_000)
          await stopped
          // Another process knows only of the wait of the message that it was asked for, and of no pace.
          notBefore = 0
          begins.push(Number.NaN)
          delivery = start()
        }
      }
      await wall.advance(12 * 3_600_000)
      await delivery.stop()

      const told = new Map<string, NotificationItem[]>()
      for (const { rule, items } of received) {
        for (const item of items) {
          const name = `${item.rule ?? rule} ${item.key}`
          told.set(name, [...(told.get(name) ?? []), item])
        }
      }
      expect(outbox.counts()).toMatchObject({ pending: 0, dead: 0 })
      const arrived = new Set(received.map(({ id }) => id))
      for (const id of ids) {
        const row = outbox.row(id)
        expect(row?.status).toBe('sent')
        expect(arrived).toContain(row?.foldedInto ?? id)
      }
      for (const [name, item] of last) {
        const heard = told.get(name) ?? []
        const newest = heard.at(-1)
        expect([newest && isOver(newest), newest?.severity, newest?.since]).toEqual([
          isOver(item),
          item.severity,
          item.since,
        ])
        const moments = heard.map(({ at }) => at)
        expect(moments).toEqual([...moments].sort((a, b) => a - b))
      }
      begins.slice(1).forEach((begin, index) => {
        const before = begins[index] ?? 0
        if (!Number.isNaN(begin - before)) expect(begin - before).toBeGreaterThanOrEqual(PACE * SECOND)
      })
    }),
    { numRuns: 150 },
  )
})
