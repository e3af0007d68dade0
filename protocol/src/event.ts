/**
 * What one host or application says about one of its services at one moment.
 *
 * Absent is `undefined` inside the hub, `null` or missing in JSON. An event whose `state` is `expired` has run
 * out of its ttl; it keeps host, service, tags and attributes and has no metric.
 */
export interface Event {
  readonly host?: string | undefined
  readonly service?: string | undefined
  readonly state?: string | undefined
  readonly description?: string | undefined
  /** A finite double. Integers beyond 2^53 are rounded here; the journal keeps the exact bytes. */
  readonly metric?: number | undefined
  /** When it happened, by the sender's clock: integer microseconds since the epoch. */
  readonly time: number
  /** Seconds, counted from the arrival at the hub. */
  readonly ttl?: number | undefined
  readonly tags: readonly string[]
  /** Null prototype: a key may be any string, `__proto__` included. */
  readonly attributes: Readonly<Record<string, string>>
}

/** The state of an event that has run out of its ttl. */
export const EXPIRED = 'expired'

/** The ttl, in seconds, of an event that names none, wherever one is needed (Riemann's default). */
export const DEFAULT_TTL = 60

/** Whether the event says that its host and service have fallen silent. */
export function isExpired(event: Event): boolean {
  return event.state === EXPIRED
}

/**
 * The expired copy of an event, of the time `now` (microseconds): its host, service, tags, attributes and ttl, and
 * nothing else. Rules that match it by tags or attributes must hear it; Riemann's keeps host and service only.
 */
export function expire({ host, service, tags, attributes, ttl }: Event, now: number): Event {
  return makeEvent({ host, service, tags, attributes, ttl, state: EXPIRED, time: now })
}

/** The attributes of an event that has none, shared. */
export const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

/** The tags of an event that has none, shared. */
export const NO_TAGS: readonly string[] = Object.freeze([])

/** An event from its parts: `time` is required, absent tags and attributes become the shared empty ones. */
export function makeEvent(parts: Partial<Event> & { readonly time: number }): Event {
  return {
    host: parts.host,
    service: parts.service,
    state: parts.state,
    description: parts.description,
    metric: parts.metric,
    time: parts.time,
    ttl: parts.ttl,
    tags: parts.tags ?? NO_TAGS,
    attributes: parts.attributes ?? NO_ATTRIBUTES,
  }
}
