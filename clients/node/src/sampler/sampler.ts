import type { Event } from 'weir-protocol'
import { type ValueList, valueEvents } from './collectd-names.ts'
import { cpuValues } from './cpu.ts'
import { dfValues } from './df.ts'
import { interfaceValues } from './interfaces.ts'
import { loadValues } from './load.ts'
import { memoryValues } from './memory.ts'
import type { ReadHost, Reading } from './reading.ts'
import { uptimeValues } from './uptime.ts'

export interface SamplerOptions {
  /** Reads the machine: `readThisHost`, or a test's own. */
  readonly read: ReadHost
  /** Integer microseconds since the epoch. */
  readonly now: () => number
  /** The host of the events. Default: the machine's name. */
  readonly host?: string | undefined
  /** Seconds between two samples, above 0. The ttl is twice as much, so that silence is noticed. Default: 10. */
  readonly interval?: number | undefined
  /** Told what could not be read, at every sample. Default: nobody. */
  readonly onProblem?: ((problem: string) => void) | undefined
}

export interface Sampler {
  /**
   * Reads the machine and gives the events of this moment, to be called once an interval. The first sample has none
   * of what needs two readings: cpu and interfaces.
   *
   * @throws Whatever `read` throws; the next sample starts from the last good reading.
   */
  sample(): Promise<Event[]>
}

/**
 * Watches a machine and tells of it under collectd's names, so that the same rules fit: `cpu/percent-idle`,
 * `load/load/shortterm`, `memory/percent-used`, `df-root/percent_bytes-free`, `interface-eth0/if_octets/rx`,
 * `uptime/uptime` and their like, with the attributes that collectd's write_riemann gives them.
 *
 * @example
 * const sampler = createSampler({ read: readThisHost, now })
 * await client.send(await sampler.sample()) // every ten seconds
 */
export function createSampler(options: SamplerOptions): Sampler {
  const ttl = 2 * (options.interval ?? 10)
  let before: { readonly reading: Reading; readonly time: number } | undefined
  return {
    async sample() {
      const reading = await options.read()
      const time = options.now()
      const since = before
      before = { reading, time }
      for (const problem of reading.problems) options.onProblem?.(problem)
      const values = [
        ...momentaryValues(reading),
        ...(since === undefined ? [] : valuesSince(since.reading, reading, (time - since.time) / 1e6)),
      ]
      const moment = { host: options.host ?? reading.host, time, ttl }
      return values.flatMap((list) => valueEvents(list, moment))
    },
  }
}

/** What one reading tells. */
function momentaryValues(reading: Reading): ValueList[] {
  return [
    ...(reading.uptime === undefined ? [] : uptimeValues(reading.uptime)),
    ...(reading.load === undefined ? [] : loadValues(reading.load)),
    ...(reading.memory === undefined ? [] : memoryValues(reading.memory)),
    ...reading.filesystems.flatMap(dfValues),
  ]
}

/** What only the difference of two readings tells. */
function valuesSince(before: Reading, after: Reading, seconds: number): ValueList[] {
  // The machine's time was set back.
  if (seconds <= 0) return []
  const cpu = before.cpu && after.cpu ? cpuValues(before.cpu, after.cpu) : []
  const interfaces = after.interfaces.flatMap((now) => {
    const then = before.interfaces.find(({ name }) => name === now.name)
    return then === undefined ? [] : interfaceValues(then, now, seconds)
  })
  return [...cpu, ...interfaces]
}
