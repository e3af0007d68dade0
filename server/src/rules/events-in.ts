import type { Event } from 'weir-protocol'

/** How deep in what an operator holds is looked for events. */
const DEPTH = 8
/** How many are looked at, at most. */
const FOUND = 100

/**
 * The events among what an operator holds, the oldest first, none twice: at most `most`, of longer lists those at both
 * ends. It looks at no more than it has to, so that it is cheap however much is held.
 */
export function eventsIn(state: unknown, most: number): readonly Event[] {
  // By what they say: after a restart the same event may be there as several objects.
  const found = new Map<string, Event>()
  for (const event of find(state, most, DEPTH)) {
    if (found.size >= FOUND) break
    found.set(JSON.stringify(event), event)
  }
  return ends(
    [...found.values()].sort((a, b) => a.time - b.time),
    most,
  )
}

function* find(value: unknown, most: number, depth: number): Generator<Event> {
  if (typeof value !== 'object' || value === null || depth === 0) return
  if (isEvent(value)) {
    yield value
    return
  }
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  for (const member of ends(members, most)) yield* find(member, most, depth - 1)
}

/** The first and the last ones, as many as there may be. */
function ends<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  const last = Math.floor(most / 2)
  return [...list.slice(0, most - last), ...(last === 0 ? [] : list.slice(-last))]
}

export function isEvent(value: object): value is Event {
  return (
    'time' in value &&
    typeof value.time === 'number' &&
    'tags' in value &&
    Array.isArray(value.tags) &&
    'attributes' in value
  )
}
