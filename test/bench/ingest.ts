import { type Figures, median, millions, round, table, wanted } from './rig/figures.ts'
import type { Aim } from './rig/load.ts'
import { type Measured, type Rig, type Server, withRig } from './rig/processes.ts'

// How many events a second the hub takes in, with journal, index and the shipped rules, and what part that is of a bare
// server that only cuts frames and decodes them: with protobufjs, with our decoder, or not at all (the ceiling of load and
// sockets). Each runs in a process of its own, the load in another; they take turns, and the ratios are medians over the
// rounds. Parts: batches, keys, single, udp, fsync.

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

await withRig(async (rig) => {
  const servers = {
    'no decoding': await rig.receiver('frames'),
    'protobufjs only': await rig.receiver('protobufjs'),
    'our decoder only': await rig.receiver('decoder'),
    hub: await rig.hub(),
  }
  // Once around, so that all are compiled.
  for (const server of Object.values(servers)) await rig.generator.send(server, { ...LOAD, seconds: 2 })
  if (wants('batches')) await compare(rig, 'batches of 100, 4,000 keys', servers, LOAD)
  if (wants('single')) await compare(rig, 'one event a message', servers, { ...LOAD, batch: 1, ahead: 64 })
  if (wants('keys')) {
    const hub = await rig.hub()
    await rig.generator.send(hub, { ...LOAD, keys: 100_000, seconds: 2 })
    const rounds = await takeTurns(ROUNDS, {
      '4,000 keys': () => rig.generator.send(servers.hub, LOAD),
      '100,000 keys': () => rig.generator.send(hub, { ...LOAD, keys: 100_000 }),
    })
    report('keys', rounds, ['4,000 keys'])
  }
  if (wants('fsync')) {
    const hub = await rig.hub({ extra: "journal: { durability: 'fsync' }," })
    await rig.generator.send(hub, { ...LOAD, seconds: 2 })
    const rounds = await takeTurns(ROUNDS, {
      'written to the system': () => rig.generator.send(servers.hub, LOAD),
      'fsync: on the disk': () => rig.generator.send(hub, LOAD),
    })
    report('durability', rounds, ['written to the system'])
  }
})

function wants(part: string): boolean {
  return wanted.length === 0 || wanted.includes(part)
}

async function compare(
  rig: Rig,
  name: string,
  servers: Readonly<Record<string, Server>>,
  load: Aim,
): Promise<void> {
  const runs = Object.entries(servers).map(
    ([what, server]) => [what, () => rig.generator.send(server, load)] as const,
  )
  report(name, await takeTurns(ROUNDS, Object.fromEntries(runs)), ['protobufjs only', 'our decoder only'])
}

type Rounds = Readonly<Record<string, readonly Measured[]>>

/** One after the other, again and again: what else the machine does meets all of them. */
async function takeTurns(
  rounds: number,
  runs: Readonly<Record<string, () => Promise<Measured>>>,
): Promise<Rounds> {
  const results: Record<string, Measured[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const [what, run] of Object.entries(runs)) results[what] = [...(results[what] ?? []), await run()]
  }
  return results
}

/**
 * A line for each, with its ratio to each of `against`: the median of the rounds' own ratios. On a busy machine what
 * counts is how many events the server takes in for a second of the processor: the rest of the time it waits.
 */
function report(name: string, rounds: Rounds, against: readonly string[]): void {
  table(
    name,
    Object.entries(rounds).map(([what, measured]) => ({
      what,
      'events/s': millions(median(measured.map(wall))),
      ...ratios(rounds, measured, against, '×', wall),
      'events/s of CPU': millions(median(measured.map(cpu))),
      ...ratios(rounds, measured, against, 'CPU ×', cpu),
      'server busy': round(median(measured.map(({ serverBusy = Number.NaN }) => serverBusy))),
      'load busy': round(median(measured.map(({ busy }) => busy))),
    })),
  )
}

function wall({ eventsPerSecond }: Measured): number {
  return eventsPerSecond
}

function cpu({ eventsPerSecond, serverBusy = Number.NaN }: Measured): number {
  return eventsPerSecond / serverBusy
}

function ratios(
  rounds: Rounds,
  measured: readonly Measured[],
  against: readonly string[],
  sign: string,
  of: (one: Measured) => number,
): Figures {
  const pairs = against.map((name) => {
    const others = rounds[name] ?? []
    const ratio = median(
      measured.flatMap((one, i) => others.slice(i, i + 1).map((other) => of(one) / of(other))),
    )
    return [`${sign} ${name}`, round(ratio)]
  })
  return Object.fromEntries(pairs)
}
