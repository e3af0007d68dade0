import { expect, test } from 'vitest'
import { rule } from '../rules/rule.ts'
import { index } from '../streams/index-events.ts'
import { map } from '../streams/map.ts'
import { HubFixture } from './hub.fixture.ts'
import { hubMetrics } from './metrics.ts'

/** The samples in Prometheus' text, by name and labels. */
function samples(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

test('tells what came in, what was refused, what the rules did, and how much is held', async () => {
  const rig = new HubFixture({
    rules: [
      rule('index', { stream: index() }),
      rule('breaks "here"', {
        match: { service: 'bad', not: { state: 'expired' } },
        stream: map(() => {
          throw new Error('no')
        }),
      }),
    ],
    indexLimit: 4,
  })
  const registry = hubMetrics({
    ...rig,
    delivery: () => new Map([['ops', { attempts: 5, sent: 3, retried: 1, dead: 1, paused: 0, folded: 0 }]]),
    connections: () => 7,
    live: { subscribers: 3, counters: { frames: 9, skipped: 1, resyncs: 2, dropped: 3, refused: 4 } },
    subscriptions: {
      size: 6,
      counters: { sent: 10, conflated: 5, refused: 4, slow: 3, silent: 2, overrun: 1 },
    },
  })
  const before = samples(await registry.metrics())
  expect(before.weir_index_size).toBe(0)
  expect(Object.keys(before).filter((name) => name.startsWith('weir_rejected'))).toEqual([])

  rig.send([{ service: 'bad' }, { service: 'b' }, { service: 'c' }])
  rig.send([{ service: 'd' }, { service: 'e' }], 'udp')
  rig.hub.rejected('udp', 'bad-protobuf')
  rig.hub.rejected('udp', 'bad-protobuf')
  rig.hub.rejected('http', 'bad-json')
  // Twice: a reading does not add to the one before.
  await registry.metrics()
  expect(samples(await registry.metrics())).toMatchObject({
    'weir_events_total{transport="tcp"}': 3,
    'weir_events_total{transport="udp"}': 2,
    'weir_rejected_total{transport="udp",reason="bad-protobuf"}': 2,
    'weir_rejected_total{transport="http",reason="bad-json"}': 1,
    'weir_rule_events_total{rule="breaks \\"here\\""}': 1,
    'weir_rule_errors_total{rule="breaks \\"here\\""}': 1,
    'weir_rule_errors_total{rule="index"}': 0,
    weir_index_size: 4,
    // d, e, and the event that says so.
    weir_index_refused_total: 3,
    weir_index_expired_total: 0,
    weir_journal_records_total: 3,
    weir_journal_errors_total: 0,
    weir_rules: 2,
    weir_alerts_open: 0,
    weir_outbox_depth: 0,
    weir_tcp_connections: 7,
    weir_live_subscribers: 3,
    'weir_live_trouble_total{what="skipped"}': 1,
    'weir_live_trouble_total{what="refused"}': 4,
  })
  const { weir_event_loop_delay_p99_seconds: delay = -1, weir_memory_bytes: memory = 0 } = samples(
    await registry.metrics(),
  )
  expect(delay).toBeGreaterThanOrEqual(0)
  expect(memory).toBeGreaterThan(1e6)

  await rig.pass(61_000)
  expect(samples(await registry.metrics())).toMatchObject({ weir_index_size: 0, weir_index_expired_total: 4 })
})
