import { type Event, makeEvent, NO_TAGS } from 'weir-protocol'

/**
 * An event that came without a time. Weir gives it that of its arrival; it is taken off again for the comparison, unless
 * an operator has put another one in its place.
 */
const UNTIMED = Symbol('untimed')

/** The tag of an event that has an empty list of tags, for Riemann not the same as none. */
export const NO_TAG = '(no tag)'

/** The attribute with how many seconds lie between an event's time and its arrival, which were taken off its ttl. */
export const LATE = '(taken off the ttl)'

/** As its value: the event had no ttl at all. */
export const NO_TTL = Number.NaN

/** The attribute with the state and the time of an event that is expired for Riemann only by its age. */
export const AGED = '(state before it aged)'

/** What stands in an event itself; everything else is an attribute. */
export const FIELDS = new Set(['host', 'service', 'state', 'description', 'metric', 'ttl', 'time', 'tags'])

/** A value of the vectors as Weir has it: a map is an event, its other keys attributes, its seconds microseconds. */
export function toWeir(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((member) => toWeir(member, now))
  if (!isMap(value)) return numberOf(value)
  const { time = null, tags, ...fields } = value
  const event = makeEvent({ time: typeof time === 'number' ? micros(time) : now })
  const timed = time === null ? untimed(event) : event
  return Object.entries({ ...fields, tags }).reduce<unknown>(
    (made, [key, member]) => assoc(made, key, toWeir(member, now)),
    timed,
  )
}

/** An event of which the time does not show. */
export function untimed(event: Event): Event & { readonly [UNTIMED]: number } {
  return { ...event, [UNTIMED]: event.time }
}

/** The event with its time shown, where an operator has put the present in its place. */
export function stamped(event: Event): Event {
  const { [UNTIMED]: _, ...others }: Event & { readonly [UNTIMED]?: unknown } = event
  return others
}

/** A value of ours as the vectors have it; nil is null, and no tags are none. */
export function toRiemann(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(toRiemann)
  if (!isMap(value)) return value
  if (!isEvent(value)) return mapValues(value, toRiemann)
  const { time, tags, attributes, ...fields } = value
  const { [AGED]: _, [LATE]: late, ...others } = attributes
  return {
    ...mapValues({ ...fields, ...others }, toRiemann),
    state: stateOf(value),
    ...(typeof late === 'number' && fields.ttl !== undefined ? { ttl: withoutNaN(fields.ttl + late) } : {}),
    time: isUntimed(value) ? null : time / 1e6,
    tags: tags.length === 0 ? null : toRiemann(tags.filter((tag) => tag !== NO_TAG)),
  }
}

/** A field of an event, or of any other map, as Clojure's `(:name value)`: of anything else it is nil. */
export function field(value: unknown, name: string): unknown {
  if (!isMap(value)) return null
  if (!isEvent(value)) return value[name] ?? null
  if (name === 'time') return isUntimed(value) ? null : value.time / 1e6
  if (name === 'state') return stateOf(value)
  if (name === 'tags') return isEmpty(value.tags) ? null : value.tags.filter((tag) => tag !== NO_TAG)
  if (FIELDS.has(name)) return Object.entries(value).find(([key]) => key === name)?.[1] ?? null
  return value.attributes[name] ?? null
}

/** A copy with the field set. The vectors hold anything in any field; Weir's operators must not mind. */
export function assoc(value: unknown, name: string, member: unknown): unknown {
  if (!isMap(value)) throw new Error(`assoc: ${String(value)} is not a map`)
  if (!isEvent(value)) return { ...value, [name]: member }
  const present = member ?? undefined
  if (name === 'time') return { ...value, time: micros(number(member)) }
  if (name === 'tags') return { ...value, tags: present ?? NO_TAGS }
  if (FIELDS.has(name)) return { ...value, [name]: present }
  const { [name]: _, ...others } = value.attributes
  const attributes = present === undefined ? others : { ...others, [name]: present }
  return { ...value, attributes: Object.assign(Object.create(null), attributes) }
}

export function isEvent(value: unknown): value is Event {
  return isMap(value) && 'attributes' in value && 'tags' in value
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An empty list. */
export function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

export function micros(seconds: number): number {
  return Math.round(seconds * 1e6)
}

/** A number; nil and everything else throws, as in Clojure. */
export function number(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`${String(value)} is not a number`)
  return value
}

export function list(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new Error(`${String(value)} is not a list`)
  return value
}

/** An event that Riemann takes for expired by its age keeps its state; an expired copy of it, of another time, does not. */
function stateOf({ state, time, attributes }: Event): unknown {
  const [before, agedAt] = list(attributes[AGED])
  const isOwn = typeof agedAt === 'number' && micros(agedAt) === time
  return (isOwn && state === 'expired' ? before : state) ?? null
}

function withoutNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

function isUntimed(event: Event): boolean {
  return Object.getOwnPropertyDescriptor(event, UNTIMED)?.value === event.time
}

/** Floats that JSON has no word for stand as their names. */
function numberOf(value: unknown): unknown {
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  return value === '-Infinity' ? Number.NEGATIVE_INFINITY : value
}

function mapValues(map: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))
}
