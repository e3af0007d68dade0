import { median, round, table } from './rig/figures.ts'
import type { Aim, Outcome } from './rig/load.ts'
import { withRig } from './rig/processes.ts'

// How long a message waits for its answer while 100,000 events a second come, in batches of 10: an open loop, counted from
// when a message was to be sent. Beside the hub a bare server that only decodes, and one that does not even that: what load,
// sockets and the rest of the machine add. Medians over the rounds; the worst of all for `max`.

const ROUNDS = Number(process.env.WEIR_ROUNDS ?? 5)
const LOAD: Aim = {
  transport: 'tcp',
  batch: 10,
  keys: 4_000,
  connections: 4,
  ahead: 0,
  rate: 100_000,
  warmUp: 1,
  seconds: 4,
}

await withRig(async (rig) => {
  const servers = {
    'no decoding': await rig.receiver('frames'),
    'protobufjs only': await rig.receiver('protobufjs'),
    hub: await rig.hub(),
  }
  for (const server of Object.values(servers))
    await rig.generator.send(server, {
      transport: 'tcp',
      batch: 100,
      keys: 4_000,
      connections: 4,
      ahead: 8,
      warmUp: 0,
      seconds: 2,
    })
  const results: Record<string, Outcome[]> = {}
  for (let i = 0; i < ROUNDS; i++) {
    for (const [what, server] of Object.entries(servers))
      results[what] = [...(results[what] ?? []), await rig.generator.send(server, LOAD)]
  }
  table(
    'latency at 100,000 events/s, in ms',
    Object.entries(results).map(([what, outcomes]) => {
      const at = (part: 'p50' | 'p99' | 'p99.9' | 'max') =>
        outcomes.map(({ latency }) => latency?.[part] ?? Number.NaN)
      return {
        what,
        p50: round(median(at('p50')), 3),
        p99: round(median(at('p99')), 3),
        'p99.9': round(median(at('p99.9')), 3),
        max: round(Math.max(...at('max')), 1),
        'its thread busy': round(median(outcomes.map(({ mainBusy = Number.NaN }) => mainBusy))),
      }
    }),
  )
})
