import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, NO_TAGS } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/** Fields to be set; undefined takes one away. Of the attributes, those that are not named stay. */
export type Fields = Partial<Omit<Event, 'tags' | 'attributes'>> & {
  readonly tags?: readonly string[] | undefined
  readonly attributes?: Readonly<Record<string, string | undefined>>
}

/**
 * Sets fields of each event, or of each event of a list (Riemann's `with`). Undefined takes a field or an attribute away,
 * but not the time, which every event has. What depends on the event is plain TypeScript:
 * `map((event) => ({ ...event, host: event.attributes.node }))`.
 *
 * @example withFields({ state: 'ok', description: undefined, attributes: { team: 'storage' } })
 */
export function withFields<T extends Event | readonly Event[]>(fields: Fields): MonoTypeOperatorFunction<T>
export function withFields(fields: Fields): MonoTypeOperatorFunction<Event | readonly Event[]> {
  const change = setting(fields)
  return stage(
    'withFields',
    (value, output) => output.next(isList(value) ? value.map(change) : change(value)),
    [fields],
  )
}

/** What sets the fields of an event, in a copy. */
export function setting(fields: Fields): (event: Event) => Event {
  const { attributes, ...plain } = fields
  return (event) => ({
    ...event,
    ...plain,
    time: plain.time ?? event.time,
    tags: 'tags' in plain ? (plain.tags ?? NO_TAGS) : event.tags,
    attributes: attributes === undefined ? event.attributes : withAttributes(event, attributes),
  })
}

function withAttributes(
  event: Event,
  set: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.assign(Object.create(null), event.attributes)
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined) delete attributes[name]
    else attributes[name] = value
  }
  return attributes
}

function isList(value: Event | readonly Event[]): value is readonly Event[] {
  return Array.isArray(value)
}
