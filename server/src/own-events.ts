import { makeEvent } from 'weir-protocol'
import { SECOND } from './clock/duration.ts'
import type { Engine } from './rules/engine.ts'

/** What the hub says about itself it says at most once in this time. */
const SAID_EVERY = 60 * SECOND

/** Publishes an event about the hub of this name itself; of one service at most one in a minute. */
export function sayOfHub(
  engine: Engine,
  name: string,
  said: { readonly service: string; readonly description: string; readonly metric: number },
): void {
  const { clock, shown } = engine
  const last = shown.get(said.service)
  if (last !== undefined && clock.now - last < SAID_EVERY) return
  shown.set(said.service, clock.now)
  engine.publish(
    makeEvent({ ...said, host: name, state: 'critical', time: clock.now, ttl: 120, tags: ['weir'] }),
  )
}
