import { expect, test } from 'vitest'
import { decodeMsg } from 'weir-protocol'
import { TestWall } from './clock/test-wall.ts'
import { tellHealth } from './health.ts'
import type { Outcome } from './ingest/intake.ts'

function rig() {
  const wall = new TestWall(1_000_000)
  const told: string[] = []
  const waiting: ((outcome: Outcome) => void)[] = []
  const figures = { depth: 3, drops: 100 }
  const stop = tellHealth({
    wall,
    name: 'hub-1',
    seconds: 30,
    intake: {
      submit(transport, msg, done = () => {}) {
        for (const { host, service, metric, ttl } of decodeMsg(msg, 0).events)
          told.push(`${transport} ${host} ${service} ${metric} ttl ${ttl}`)
        waiting.push(done)
      },
      rejected: () => {},
      now: () => wall.now(),
    },
    figures: [
      { service: 'weir/outbox-depth', read: () => figures.depth },
      { service: 'weir/drops', read: () => figures.drops, count: true },
    ],
  })
  return { wall, told, figures, stop, handled: () => waiting.shift()?.({ ok: true }) }
}

test('figures are told as they are, counts as they have grown; the next ones wait until these are handled', async () => {
  const { wall, told, figures, handled } = rig()
  await wall.advance(29_999)
  expect(told).toEqual([])
  figures.drops = 107
  await wall.advance(1)
  expect(told.splice(0)).toEqual(['self hub-1 weir/outbox-depth 3 ttl 90', 'self hub-1 weir/drops 7 ttl 90'])
  await wall.advance(60_000)
  expect(told).toEqual([])
  handled()
  figures.depth = 0
  await wall.advance(30_000)
  expect(told).toEqual(['self hub-1 weir/outbox-depth 0 ttl 90', 'self hub-1 weir/drops 0 ttl 90'])
})

test('nothing is told after the stop', async () => {
  const { wall, told, stop } = rig()
  stop()
  await wall.advance(120_000)
  expect(told).toEqual([])
})
