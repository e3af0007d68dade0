import { type Event, makeEvent } from 'weir-protocol'
import { WeirError } from '../errors.ts'
import type { Query } from './ast.ts'
import { RESULT_LIMIT } from './clauses.ts'
import { compareBy, First } from './order.ts'
import { fieldOf } from './value.ts'

/** How much is done between two yields. */
const STEP = 64

/** Takes the events that match a query, and gives what the query wants of them. */
export interface Collector {
  /** False when no further event is wanted. Throws WEIR_QUERY_RESULT where there are too many. */
  add(event: Event): boolean
  /** Yields between small steps. */
  result(): Generator<void, readonly Event[]>
}

/**
 * What the clauses of the query make of its events. Without `limit` there may be RESULT_LIMIT of them, in memory for so
 * many. `now` is the time of the events that a count makes, in microseconds.
 */
export function collectorOf(query: Query, now: number): Collector {
  const events = query.order.length > 0 ? inOrder(query) : asFound(query)
  return query.count === undefined ? events : counted(query.count.by, now, events)
}

function asFound({ limit }: Query): Collector {
  const found: Event[] = []
  return {
    add(event) {
      if (found.length === RESULT_LIMIT && limit === undefined) throw tooMany()
      if (limit === undefined || found.length < limit) found.push(event)
      return found.length !== limit
    },
    *result() {
      yield
      return found
    },
  }
}

function inOrder({ order, limit }: Query): Collector {
  const first = new First(compareBy(order), limit ?? RESULT_LIMIT)
  return {
    add(event) {
      if (first.size === RESULT_LIMIT && limit === undefined) throw tooMany()
      first.add(event)
      return true
    },
    *result() {
      const events: Event[] = []
      for (let last = first.takeLast(); last !== undefined; last = first.takeLast()) {
        events.push(last)
        if (events.length % STEP === 0) yield
      }
      return events.reverse()
    },
  }
}

/** An event for each combination of the fields, with their number as its metric; without fields one, the service `count`. */
function counted(by: readonly string[], now: number, then: Collector): Collector {
  const values = by.map((field) => fieldOf(field))
  const counts = new Map<string, { readonly of: Event; count: number }>()
  let events = 0
  return {
    add(event) {
      events += 1
      if (by.length === 0) return true
      const key = JSON.stringify(values.map((value) => value(event) ?? null))
      const known = counts.get(key)
      if (known !== undefined) known.count += 1
      else if (counts.size === RESULT_LIMIT) throw tooMany()
      else counts.set(key, { of: event, count: 1 })
      return true
    },
    *result() {
      if (by.length === 0) return [makeEvent({ service: 'count', metric: events, time: now })]
      let made = 0
      for (const { of, count } of counts.values()) {
        if (!then.add(countEvent(by, of, count, now))) break
        if (++made % STEP === 0) yield
      }
      return yield* then.result()
    },
  }
}

function countEvent(by: readonly string[], of: Event, count: number, now: number): Event {
  const attributes: Record<string, string> = Object.create(null)
  const fields: { [Field in 'host' | 'service' | 'state' | 'description']?: string | undefined } = {}
  for (const field of by) {
    if (field === 'host' || field === 'service' || field === 'state' || field === 'description')
      fields[field] = of[field]
    else if (of.attributes[field] !== undefined) attributes[field] = of.attributes[field]
  }
  return makeEvent({ ...fields, metric: count, time: now, attributes })
}

function tooMany(): WeirError {
  return new WeirError('WEIR_QUERY_RESULT', {
    problem: `more than ${RESULT_LIMIT} events match`,
  })
}
