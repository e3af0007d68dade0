import { type Event, makeEvent } from 'weir-protocol'
import { z } from 'zod'
import { messageOf, WeirError } from '../errors.ts'
import { microsOfIso } from './iso-time.ts'
import { type Element, kindOf, type Mapped, mapElements, parseJson, problemOf } from './mapped.ts'

const text = z.string().nullish()

/** JSON has no NaN; as a text it would pass for a number nowhere else. */
const number = z
  .number({ error: ({ input }) => `expected a finite number, received ${shown(input)}` })
  .nullish()

const schema = z.object({
  host: text,
  service: text,
  state: text,
  description: text,
  metric: number,
  time: z
    .union([z.number(), z.string()], {
      error: ({ input }) => `expected epoch seconds or an ISO 8601 time, received ${shown(input)}`,
    })
    .nullish(),
  ttl: z
    .number({ error: ({ input }) => `expected seconds, received ${shown(input)}` })
    .nonnegative('expected seconds, 0 or more')
    .nullish(),
  tags: z.array(z.string()).nullish(),
})

const FIELDS: ReadonlySet<string> = new Set([...Object.keys(schema.shape), 'attributes'])

/**
 * Maps the JSON that programs post: one event, an array of events, or an event on each line.
 *
 * - `host`, `service`, `state`, `description`: strings
 * - `metric`: a finite number
 * - `time`: a number is seconds since the epoch, with fractions if need be; a string is ISO 8601 with its zone.
 *   Milliseconds are refused, told by their size. Without one, the event happens now.
 * - `ttl`: seconds
 * - `tags`: an array of strings
 * - `attributes`: an object of strings, numbers and booleans, which become strings. Any other key of the event is an
 *   attribute too, as in Riemann's JSON; where both name one, `attributes` wins.
 *
 * `null` anywhere is the same as nothing.
 *
 * @param now Integer microseconds since the epoch, for events without a time.
 * @throws {WeirError} WEIR_BODY_NOT_JSON; WEIR_BODY_SHAPE where it is neither object nor array; WEIR_BODY_TOO_LARGE.
 * @example
 * mapJson('{"host":"web-1","service":"api latency","metric":0.31,"ttl":30,"region":"eu"}', now).events
 */
export function mapJson(body: string, now: number): Mapped {
  const value = parseWhole(body)
  if (value === undefined) {
    return mapElements(
      linesOf(body),
      ({ text }) => mapLine(text, now),
      ({ line }) => ({ line }),
    )
  }
  if (typeof value !== 'object' || value === null) {
    const expected = 'an event, an array of events, or an event on each line'
    throw new WeirError('WEIR_BODY_SHAPE', { found: kindOf(value), expected })
  }
  return mapElements<unknown>(Array.isArray(value) ? value : [value], (element) => mapEvent(element, now))
}

/** The body as one piece of JSON; `undefined` where it is not, and looks like one on each line. */
function parseWhole(body: string): unknown {
  try {
    return parseJson(body)
  } catch (thrown) {
    if (!/^\s*\[/.test(body) && /\n[ \t\r]*\{/.test(body)) return undefined
    throw thrown
  }
}

/** The lines that are not blank, numbered from 1. */
function* linesOf(body: string): Generator<{ readonly line: number; readonly text: string }> {
  let start = 0
  for (let line = 1; start < body.length; line++) {
    const newline = body.indexOf('\n', start)
    const end = newline === -1 ? body.length : newline
    const text = body.slice(start, end).trim()
    if (text !== '') yield { line, text }
    start = end + 1
  }
}

function mapLine(line: string, now: number): Element {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (thrown) {
    return { problem: messageOf(thrown) }
  }
  return mapEvent(value, now)
}

function mapEvent(value: unknown, now: number): Element {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: `expected an event, received ${kindOf(value)}` }
  const parsed = schema.safeParse(value)
  if (!parsed.success) return { problem: problemOf(parsed.error) }
  const { host, service, state, description, metric, ttl, tags } = parsed.data
  const time = microsOf(parsed.data.time, now)
  if (typeof time === 'string') return { problem: `time: ${time}` }
  const attributes = attributesOf(value)
  if (typeof attributes === 'string') return { problem: attributes }
  const fields: Partial<Event> & { readonly time: number } = {
    host: host ?? undefined,
    service: service ?? undefined,
    state: state ?? undefined,
    description: description ?? undefined,
    metric: metric ?? undefined,
    time,
    ttl: ttl ?? undefined,
    ...(tags && { tags }),
    attributes,
  }
  return { events: [makeEvent(fields)] }
}

/** In the year 5138; milliseconds of our days are beyond it. */
const LAST_SECOND = 1e11

/** Microseconds, or what is wrong. */
function microsOf(time: number | string | null | undefined, now: number): number | string {
  if (time === null || time === undefined) return now
  if (typeof time === 'string') {
    return (
      microsOfIso(time) ??
      `'${cut(time)}' is not an ISO 8601 time with its zone, such as 2026-11-22T01:20:24Z`
    )
  }
  if (Math.abs(time) > LAST_SECOND)
    return `${time} is too large for seconds since the epoch; not milliseconds`
  return Math.round(time * 1e6)
}

/** The attributes, or what is wrong. */
function attributesOf(event: object): Readonly<Record<string, string>> | string {
  const attributes: Record<string, string> = Object.create(null)
  const add = (key: string, value: unknown, named: string): string | undefined => {
    if (value === null || value === undefined) return undefined
    if (typeof value === 'object')
      return `${named}: expected a string, a number or a boolean, received ${kindOf(value)}`
    attributes[key] = String(value)
    return undefined
  }
  for (const [key, value] of Object.entries(event)) {
    if (FIELDS.has(key)) continue
    const problem = add(key, value, cut(key))
    if (problem !== undefined) return problem
  }
  const given: unknown = 'attributes' in event ? event.attributes : undefined
  if (given === undefined || given === null) return attributes
  if (typeof given !== 'object' || Array.isArray(given))
    return `attributes: expected an object, received ${kindOf(given)}`
  for (const [key, value] of Object.entries(given)) {
    const problem = add(key, value, `attributes.${cut(key)}`)
    if (problem !== undefined) return problem
  }
  return attributes
}

/** A value for a message. */
function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(cut(value)) : kindOf(value)
}

function cut(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value
}
