import { expect, test } from 'vitest'
import { createMeters } from './meters.ts'
import { measureProcess } from './process.ts'
import { RecordingSender } from './sender.fixture.ts'

test('reports on the event loop, the memory and the garbage of this process', async () => {
  const client = new RecordingSender()
  const meters = createMeters(client)
  const stop = measureProcess(meters, { prefix: 'app' })
  const block = () => {
    const end = process.hrtime.bigint() + 40_000_000n
    while (process.hrtime.bigint() < end);
  }
  // A delay is seen between two looks of node's own; the first look comes a while after a report.
  let isBlocked = false
  await expect
    .poll(() => {
      if (isBlocked) meters.flush()
      else block()
      isBlocked = !isBlocked
      return Number(client.report['app/event-loop/delay/max'])
    })
    .toBeGreaterThan(0.02)
  expect(Object.keys(client.report)).toEqual([
    'app/event-loop/delay/p50',
    'app/event-loop/delay/p99',
    'app/event-loop/delay/max',
    'app/memory/rss',
    'app/memory/heap-used',
    'app/memory/heap-percent',
    'app/memory/external',
    'app/gc/percent',
    'app/gc/longest',
  ])
  expect(client.report['app/memory/heap-percent']).toBeGreaterThan(0)
  stop()
  meters.flush()
  expect(client.report).toEqual({})
  meters.close()
})

test('sees the collection of garbage', async () => {
  const client = new RecordingSender()
  const meters = createMeters(client)
  const stop = measureProcess(meters)
  const longest = async () => {
    const garbage = Array.from({ length: 200_000 }, (_, n) => ({ n }))
    meters.flush()
    return garbage.length > 0 ? Number(client.report['process/gc/longest']) : 0
  }
  await expect.poll(longest).toBeGreaterThan(0)
  stop()
  meters.close()
})
