import { type Event, makeEvent } from 'weir-protocol'
import { SECOND, spell } from './clock/duration.ts'
import { GRACE } from './grace.ts'

/** The event that tells of a restart stays in the index this long, in seconds. */
const TTL = 86_400

/** What a start found of the time before it. */
export interface Restart {
  /** For how long the hub was away, in microseconds. */
  readonly away: number
  /** How many entries of the index would have expired meanwhile, or within the grace that follows. */
  readonly held: number
  /** The grace, in microseconds, where it is not all of it, since the hub started too often. */
  readonly grace?: number
}

/** A restart in words. */
export function restartLine({ away, held, grace }: Restart): string {
  const line = `restarted, was away ${spell(away)}, ${held} ${held === 1 ? 'expiry' : 'expiries'} held back`
  return grace === undefined
    ? line
    : `${line}; after so many starts, what waits to be heard is given ${spell(grace)} instead of ${spell(GRACE)}`
}

/** A restart as an event of the hub of this name, now. */
export function restartEvent(restart: Restart, name: string, now: number): Event {
  return makeEvent({
    host: name,
    service: 'weir/restart',
    state: 'ok',
    metric: restart.away / SECOND,
    description: restartLine(restart),
    time: now,
    ttl: TTL,
    tags: ['weir'],
  })
}
