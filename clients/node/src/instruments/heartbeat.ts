import { type Clock, machineClock } from '../clock.ts'
import type { EventInput } from '../event-input.ts'
import { repeat } from './repeat.ts'
import type { Sender } from './sender.ts'

export interface HeartbeatOptions {
  /** Seconds between two. Default: 5. */
  readonly every?: number | undefined
  /** What else the event has; a ttl of three times `every` and the state `ok`, unless it says otherwise. */
  readonly event?: EventInput | undefined
  readonly clock?: Clock | undefined
}

/**
 * Tells the hub that this process is alive: now, and every few seconds. When it falls silent for the ttl, the hub calls
 * the service expired, which the shipped rule `host down` listens for.
 *
 * @param service Default: `heartbeat`.
 * @returns Ends it.
 * @example
 * const stop = heartbeat(client, 'orders/heartbeat', { every: 10 })
 */
export function heartbeat(
  client: Sender,
  service = 'heartbeat',
  { every = 5, event, clock = machineClock }: HeartbeatOptions = {},
): () => void {
  const beat = () => void client.send({ service, state: 'ok', ttl: 3 * every, ...event })
  beat()
  return repeat(clock, every, beat)
}
