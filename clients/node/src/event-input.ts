import { makeEvent, NO_ATTRIBUTES, NO_TAGS, type OutgoingEvent } from 'weir-protocol'
import { ClientError } from './errors.ts'

/** An event as an application hands it in; an `Event` is one too. Whatever is left out or `undefined` is absent. */
export interface EventInput {
  /** Default: the client's `eventHost`. */
  readonly host?: string | undefined
  /** What is measured or told of: `api/latency`. With the host, it names the row in the hub's index. */
  readonly service?: string | undefined
  /** `ok`, `warning`, `critical`, or a word of your own; `expired` is the hub's. */
  readonly state?: string | undefined
  readonly description?: string | undefined
  /**
   * A safe integer is sent as one (sint64), any other number as a double; a bigint as sint64 where it fits 64 bits, else
   * as a double. NaN and infinity reach the hub as no metric.
   */
  readonly metric?: number | bigint | undefined
  /** When it happened: a Date, or integer microseconds since the epoch. Default: now. */
  readonly time?: Date | number | bigint | undefined
  /** Seconds after which the hub calls it expired unless another comes. Default: none; the hub takes 60. */
  readonly ttl?: number | undefined
  readonly tags?: readonly string[] | undefined
  /** Values that are numbers or booleans are sent as text. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
}

/** What an event gets that names none of its own. */
export interface EventDefaults {
  readonly host: string
  /** Integer microseconds since the epoch. */
  readonly time: number
}

/**
 * The event that an application means; what it handed in is neither changed nor kept.
 *
 * @throws {ClientError} `invalid-event`, naming the field, where JavaScript hands in a wrong type.
 */
export function toEvent(input: EventInput, defaults: EventDefaults): OutgoingEvent {
  if (typeof input !== 'object' || input === null) throw invalid('an event', input, 'an object')
  const { metric } = input
  const event = makeEvent({
    host: text('host', input.host) ?? defaults.host,
    service: text('service', input.service),
    state: text('state', input.state),
    description: text('description', input.description),
    metric: typeof metric === 'bigint' ? undefined : number('metric', metric),
    time: microseconds(input.time) ?? defaults.time,
    ttl: number('ttl', input.ttl),
    tags: tagsOf(input.tags),
    attributes: attributesOf(input.attributes),
  })
  return typeof metric === 'bigint' ? { ...event, metric } : event
}

function microseconds(time: Date | number | bigint | undefined): number | undefined {
  const micros = time instanceof Date ? time.getTime() * 1000 : typeof time === 'bigint' ? Number(time) : time
  if (micros === undefined || micros === null) return undefined
  if (!Number.isSafeInteger(micros))
    throw invalid('time', time, 'a valid Date or an integer of microseconds since the epoch')
  return micros
}

function tagsOf(tags: readonly string[] | undefined): readonly string[] {
  if (tags === undefined || tags === null) return NO_TAGS
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string'))
    throw invalid('tags', tags, 'an array of strings')
  return tags
}

function attributesOf(attributes: EventInput['attributes']): Readonly<Record<string, string>> {
  if (attributes === undefined || attributes === null) return NO_ATTRIBUTES
  const texts: Record<string, string> = Object.create(null)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue
    if (typeof value === 'object') throw invalid(`attributes.${key}`, value, 'a string, number or boolean')
    texts[key] = String(value)
  }
  return texts
}

function text(field: string, value: string | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(field, value, 'a string')
  return value
}

function number(field: string, value: number | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw invalid(field, value, 'a number')
  return value
}

function invalid(field: string, value: unknown, expected: string): ClientError {
  return new ClientError('invalid-event', `${field}: ${show(value)} is not ${expected}`)
}

function show(value: unknown): string {
  return typeof value === 'object'
    ? (JSON.stringify(value)?.slice(0, 80) ?? 'an object')
    : String(value).slice(0, 80)
}
