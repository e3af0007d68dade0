import { type Event, makeEvent } from 'weir-protocol'
import { Fold } from '../../../server/src/fold.ts'
import type { Rule } from '../../../server/src/rules/rule.ts'

export const SECOND = 1_000_000
export const START = 1_790_000_000 * SECOND
/** Events a message, as a busy collectd sends them. */
export const MESSAGE = 100

/** A fold with these rules, in this process: what a hub is without sockets, decoding and journal. */
export function foldOf(rules: readonly Rule[]): Fold {
  const fold = new Fold({ rules, name: 'hub', report: (line) => console.log(line) })
  fold.begin(1)
  fold.advance(START)
  return fold
}

/** An event for each of so many hosts and services, 40 of each host; as decoded, names are shared. */
export function eventsOf(count: number, ttl = 86_400): Event[] {
  const services = Array.from({ length: 40 }, (_, n) => `service-${n}`)
  let host = ''
  return Array.from({ length: count }, (_, n) => {
    if (n % 40 === 0) host = `host-${n / 40}`
    return makeEvent({ time: START, host, service: services[n % 40], state: 'ok', metric: 50, ttl })
  })
}

/** The nth message. */
export function messageOf(events: readonly Event[], n: number): readonly Event[] {
  const from = (n * MESSAGE) % events.length
  return events.slice(from, from + MESSAGE)
}

/** Milliseconds of the processor that this thread took for it: what others took meanwhile is not counted. */
export function pauseOf(run: () => void): number {
  const began = process.threadCpuUsage()
  run()
  const { user, system } = process.threadCpuUsage(began)
  return (user + system) / 1e3
}

/** Passes each event through once, so long after the start, in seconds; answers how long each message took, in ms. */
export function passAll(fold: Fold, events: readonly Event[], after = 0): number[] {
  fold.advance(START + after * SECOND)
  return Array.from({ length: Math.ceil(events.length / MESSAGE) }, (_, n) =>
    pauseOf(() => fold.events(messageOf(events, n))),
  )
}

/** Events a second of the processor: other work on the machine counts for nothing. */
export function rateOf(fold: Fold, events: readonly Event[], count: number): number {
  const messages = count / MESSAGE
  const began = process.cpuUsage()
  for (let n = 0; n < messages; n++) fold.events(messageOf(events, n))
  const { user, system } = process.cpuUsage(began)
  return count / ((user + system) / 1e6)
}

/** The heap that is in use, in bytes; needs --expose-gc. */
export function heap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
