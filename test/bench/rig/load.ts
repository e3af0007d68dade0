import { encodeFrame } from 'weir-protocol'
import * as wire from '../../../protocol/src/riemann.js'

/** What a generator is told to do. */
export interface Load {
  readonly port: number
  /** The process that is sent to. */
  readonly pid: number
  readonly transport: 'tcp' | 'udp'
  /** Events a message. */
  readonly batch: number
  /** Distinct pairs of host and service; each comes once before any comes again. */
  readonly keys: number
  readonly connections: number
  /** How many messages of a connection are on their way at once, where there is no `rate`. */
  readonly ahead: number
  /** Events a second, sent when their time has come whether the last were answered or not. Default: as fast as it goes. */
  readonly rate?: number
  /** What is sent before anything counts, and then while it does. */
  readonly warmUp: number
  readonly seconds: number
}

/** A load, at whomever it is sent. */
export type Aim = Omit<Load, 'port' | 'pid'>

/** What came of it. */
export interface Outcome {
  /** Acknowledged; over UDP, sent. */
  readonly events: number
  readonly seconds: number
  /** What part of a core the generator took. */
  readonly busy: number
  /**
   * Seconds of the processor in the receiver, a second: in its main thread, and in all of its threads. Undefined where the
   * system does not tell.
   */
  readonly mainBusy: number | undefined
  readonly allBusy: number | undefined
  /** Of a load with a rate: from when a message was to be sent to its answer, in milliseconds. */
  readonly latency?: Readonly<Record<'p50' | 'p99' | 'p99.9' | 'max', number>>
}

/** What a hub answers to a message that it took. */
export const OK = encodeFrame(wire.Msg.encode({ ok: true }).finish())

/** 40 of a host: one of them for the rule about silent hosts, three for the one about full disks. */
const SERVICES = [
  'uptime/uptime',
  ...['root', 'var-log', 'home'].map((name) => `df-${name}/percent_bytes-free`),
  ...Array.from({ length: 36 }, (_, n) => `cpu-${n}/percent-system`),
]

/** The nth event of a load, of about 97 bytes: as a current client writes it. */
export function eventOf(n: number, keys: number): wire.Event.$Properties {
  const key = n % keys
  const host = Math.floor(key / SERVICES.length)
  return {
    host: `web-${host}.example`,
    service: SERVICES[key % SERVICES.length] ?? '',
    state: 'ok',
    tags: ['collectd', 'eu-1'],
    attributes: [{ key: 'rack', value: `r${host % 20}` }],
    ttl: 300,
    timeMicros: 1_790_000_000_000_000,
    metricD: 20.5 + (n % 60),
  }
}

/** Messages that together have each key once, encoded beforehand. */
export function messages({ batch, keys }: Pick<Load, 'batch' | 'keys'>): Uint8Array[] {
  return Array.from({ length: Math.ceil(keys / batch) }, (_, message) =>
    wire.Msg.encode({
      events: Array.from({ length: batch }, (_, place) => eventOf(message * batch + place, keys)),
    }).finish(),
  )
}
