import { type Event, makeEvent } from 'weir-protocol'

const FIELDS = new Set(['host', 'service', 'state', 'description', 'metric', 'tags', 'time', 'ttl'])

/**
 * The event that a text frame of a subscription tells, in Riemann's JSON: its fields, null or missing where absent, `time`
 * in ISO 8601, and its attributes beside them. A field of a wrong type, which only Riemann lets through, counts as absent.
 *
 * @param now Integer microseconds since the epoch, for an event without a time.
 * @throws {SyntaxError} Where the text is no JSON object.
 */
export function eventOf(frame: string, now: number): Event {
  const json: unknown = JSON.parse(frame)
  if (!isObject(json)) throw new SyntaxError('not a JSON object')
  const time = typeof json.time === 'string' ? Date.parse(json.time) * 1000 : Number.NaN
  const attributes: Record<string, string> = Object.create(null)
  for (const [key, value] of Object.entries(json)) {
    if (!FIELDS.has(key) && value !== null)
      attributes[key] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return makeEvent({
    host: text(json.host),
    service: text(json.service),
    state: text(json.state),
    description: text(json.description),
    metric: number(json.metric),
    time: Number.isNaN(time) ? now : time,
    ttl: number(json.ttl),
    ...(Array.isArray(json.tags) ? { tags: json.tags.map(String) } : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  })
}

/** The reason of a refusal, which is all that its frame has; undefined for an event. */
export function refusalIn(frame: string): string | undefined {
  if (!frame.startsWith('{"error"')) return undefined
  const json: unknown = JSON.parse(frame)
  return isObject(json) && Object.keys(json).length === 1 ? text(json.error) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
