import { median, millions, round, table, wanted } from './rig/figures.ts'
import type { Aim } from './rig/load.ts'
import { type Rig, type Server, withRig } from './rig/processes.ts'
import { lines, takeTurns } from './rig/turns.ts'

// How many events a second the hub takes in, with journal, index and the shipped rules, and what part that is of a bare
// server that only cuts frames and decodes them: with protobufjs, with our decoder, or not at all (the ceiling of load and
// sockets). Each runs in a process of its own, the load in another; they take turns, and the ratios are medians over the
// rounds. Parts: batches, single, keys, fsync, udp.

const ROUNDS = Number(process.env.WEIR_ROUNDS ?? 5)
const LOAD: Aim = {
  transport: 'tcp',
  batch: 100,
  keys: 4_000,
  connections: 4,
  ahead: 8,
  warmUp: 0.3,
  seconds: 1.2,
}
const ONE: Aim = { ...LOAD, batch: 1, ahead: 64 }
const MANY_KEYS: Aim = { ...LOAD, keys: 100_000 }

await withRig(async (rig) => {
  const hub = await started(rig, await rig.hub(), LOAD)
  if (wants('batches') || wants('single')) {
    const protobufjs = await started(rig, await rig.receiver('protobufjs'), LOAD)
    const decoder = await started(rig, await rig.receiver('decoder'), LOAD)
    const frames = await started(rig, await rig.receiver('frames'), LOAD)
    const servers = { 'no decoding': frames, 'protobufjs only': protobufjs, 'our decoder only': decoder, hub }
    for (const [part, load] of [
      ['batches', LOAD],
      ['single', ONE],
    ] as const) {
      if (!wants(part)) continue
      const runs = Object.entries(servers).map(
        ([what, server]) => [what, () => rig.generator.send(server, load)] as const,
      )
      const rounds = await takeTurns(ROUNDS, Object.fromEntries(runs))
      table(
        `${load.batch} events a message, ${load.ahead} messages of each connection on their way`,
        lines(rounds, ['protobufjs only', 'our decoder only']),
      )
    }
  }
  if (wants('keys')) {
    const wide = await started(rig, await rig.hub(), MANY_KEYS)
    const rounds = await takeTurns(ROUNDS, {
      '4,000 keys': () => rig.generator.send(hub, LOAD),
      '100,000 keys': () => rig.generator.send(wide, MANY_KEYS),
    })
    table('pairs of host and service', lines(rounds, ['4,000 keys']))
  }
  if (wants('fsync')) {
    const safe = await started(rig, await rig.hub({ extra: "journal: { durability: 'fsync' }," }), LOAD)
    const rounds = await takeTurns(ROUNDS, {
      os: () => rig.generator.send(hub, LOAD),
      fsync: () => rig.generator.send(safe, LOAD),
      'fsync, 64 messages on their way': () => rig.generator.send(safe, { ...LOAD, ahead: 64 }),
    })
    table('durability', lines(rounds, ['os']))
  }
  if (wants('udp')) await udp(rig, hub)
})

/** The server, once all of its code was compiled and the load's keys were seen. */
async function started(rig: Rig, server: Server, load: Aim): Promise<Server> {
  await rig.generator.send(server, { ...load, seconds: 2 })
  return server
}

/** Nothing is answered, and what the hub does not read in time the system drops: it is counted what came in. */
async function udp(rig: Rig, hub: Server): Promise<void> {
  const rows = []
  for (const rate of [100_000, 300_000, 1_000_000]) {
    const load: Aim = { ...LOAD, transport: 'udp', batch: 10, rate }
    const parts: number[] = []
    const sent: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const before = await receivedBy(hub)
      const outcome = await rig.generator.send(hub, load)
      const came = (await receivedBy(hub)) - before
      parts.push(came / outcome.events)
      sent.push(outcome.eventsPerSecond)
    }
    rows.push({ 'sent, events/s': millions(median(sent)), 'came in, %': round(100 * median(parts), 2) })
  }
  table('UDP, 10 events a datagram', rows)
}

/** Events that came over UDP, once no more come. */
async function receivedBy({ http }: Server): Promise<number> {
  let last = -1
  for (;;) {
    const text = await (await fetch(`${http}/metrics`)).text()
    const count = Number(/^weir_events_total\{transport="udp"\} (\d+)/m.exec(text)?.[1] ?? 0)
    if (count === last) return count
    last = count
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function wants(part: string): boolean {
  return wanted.length === 0 || wanted.includes(part)
}
