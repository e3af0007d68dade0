import { decodeMsg } from 'weir-protocol'
import { decodeByReference } from '../../protocol/src/reference.fixture.ts'
import * as wire from '../../protocol/src/riemann.js'
import { median, millions, round, table } from './rig/figures.ts'
import { messages } from './rig/load.ts'

// How many events a second are decoded in memory: by protobufjs's code alone, by the same and our rules, by our decoder.

const NOW = 1_790_000_000_000_000
const EVENTS = 400_000
const ROUNDS = 7
const decoders: Readonly<Record<string, (msg: Uint8Array) => { readonly events: readonly unknown[] }>> = {
  protobufjs: (msg) => wire.Msg.decode(msg),
  'protobufjs and rules': (msg) => decodeByReference(msg, NOW),
  ours: (msg) => decodeMsg(msg, NOW),
}

for (const [batch, keys] of [
  [100, 4_000],
  [100, 100_000],
  [1, 4_000],
] as const) {
  const frames = messages({ batch, keys }).map((msg) => Buffer.from(msg))
  const seconds: Record<string, number[]> = {}
  for (let i = 0; i < ROUNDS; i++) {
    for (const [name, decode] of Object.entries(decoders)) {
      seconds[name] = [...(seconds[name] ?? []), timed(() => passes(frames, decode, EVENTS / batch))]
    }
  }
  const base = seconds.protobufjs ?? []
  table(
    `${batch} events a message, ${keys} keys`,
    Object.entries(seconds).map(([what, times]) => ({
      what,
      'events/s': millions(EVENTS / median(times)),
      '× protobufjs': round(median(times.map((time, i) => (base[i] ?? Number.NaN) / time))),
    })),
  )
}

function passes(
  frames: readonly Uint8Array[],
  decode: (msg: Uint8Array) => { readonly events: readonly unknown[] },
  count: number,
): number {
  let events = 0
  for (let i = 0; i < count; i++)
    events += decode(frames[i % frames.length] ?? new Uint8Array(0)).events.length
  return events
}

/** Seconds of the processor: other work on the machine counts for nothing. */
function timed(run: () => void): number {
  const began = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}
