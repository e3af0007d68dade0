import { type Event, NO_ATTRIBUTES } from 'weir-protocol'

const FIELDS = ['host', 'service', 'state', 'description', 'metric', 'tags', 'time', 'ttl']
/** What a Date holds at most (the year 275760), in milliseconds. */
const LAST_MS = 8.64e15

/**
 * An event as subscribers get it, in Riemann's JSON: the eight fields, null where absent, `time` in ISO 8601 with
 * milliseconds, and its attributes beside them. An attribute with the name of a field is left out.
 *
 * @example eventJson(event) // {"host":"db-1","service":"disk",…,"time":"2026-11-22T04:00:29.000Z","ttl":30,"rack":"r1"}
 */
export function eventJson(event: Event): string {
  const { host, service, state, description, metric, tags, time, ttl, attributes } = event
  const fields = JSON.stringify({
    host: host ?? null,
    service: service ?? null,
    state: state ?? null,
    description: description ?? null,
    metric: metric ?? null,
    tags: tags.length === 0 ? null : tags,
    time: isoTime(time),
    ttl: ttl ?? null,
  })
  if (attributes === NO_ATTRIBUTES) return fields
  const more = JSON.stringify(withoutFields(attributes))
  return more === '{}' ? fields : `${fields.slice(0, -1)},${more.slice(1)}`
}

/** The same of an event that does not match a query any more: with a member `left`, true and no text as attributes are. */
export function leftJson(event: Event): string {
  const { left: _, ...attributes } = event.attributes
  return `${eventJson({ ...event, attributes }).slice(0, -1)},"left":true}`
}

function withoutFields(attributes: Event['attributes']): Event['attributes'] {
  if (!FIELDS.some((field) => field in attributes)) return attributes
  const own: Record<string, string> = Object.assign(Object.create(null), attributes)
  for (const field of FIELDS) delete own[field]
  return own
}

function isoTime(micros: number): string {
  return new Date(Math.max(-LAST_MS, Math.min(LAST_MS, Math.floor(micros / 1000)))).toISOString()
}
