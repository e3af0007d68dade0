import { expect, test } from 'vitest'
import { VirtualClock } from '../clock.fixture.ts'
import { heartbeat } from './heartbeat.ts'
import { RecordingSender } from './sender.fixture.ts'

test('beats at once and then every few seconds, until it is ended', () => {
  const client = new RecordingSender()
  const clock = new VirtualClock()
  const stop = heartbeat(client, 'orders/heartbeat', { every: 10, event: { tags: ['orders'] }, clock })
  expect(client.events).toEqual([{ service: 'orders/heartbeat', state: 'ok', ttl: 30, tags: ['orders'] }])
  clock.advance(9999)
  expect(client.events).toHaveLength(1)
  clock.advance(20_001)
  expect(client.events).toHaveLength(4)
  stop()
  clock.advance(60_000)
  expect(client.events).toHaveLength(4)
  expect(clock.timers).toBe(0)
})
