import { type Event, makeEvent } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'

/** The fields of an event in a test; its time is when it is played unless given (microseconds). */
export type EventParts = Partial<Event>

/** Events, each with the moment (microseconds from the beginning) at which it arrives. */
export type Timeline = readonly { readonly at: number; readonly event: Event }[]

/** A moment: a duration from the beginning, or 0. */
export type Moment = Duration | '0s' | 0

const FIELDS = ['host', 'service', 'state', 'description', 'metric', 'time', 'ttl', 'tags', 'attributes']

/** A moment in microseconds. */
export function moment(at: Moment): number {
  return at === 0 || at === '0s' ? 0 : micros(at)
}

/**
 * Events that arrive at one moment, in this order.
 *
 * @example at('30s', { host: 'db-1', service: 'cpu', metric: 99 })
 */
export function at(when: Moment, ...events: readonly EventParts[]): Timeline {
  const time = moment(when)
  return events.map((parts) => ({ at: time, event: complete(parts, time) }))
}

/**
 * One event again and again: first at `from`, then every `period`, before `until`, which is exclusive.
 *
 * @example every('10s', { from: '0s', until: '10m' }, { host: 'db-1', service: 'cpu', metric: 4 })
 */
export function every(
  period: Duration,
  span: { readonly from: Moment; readonly until: Moment },
  event: EventParts,
): Timeline {
  const step = micros(period)
  const end = moment(span.until)
  const played: { at: number; event: Event }[] = []
  for (let time = moment(span.from); time < end; time += step) {
    played.push({ at: time, event: complete(event, time) })
  }
  return played
}

/**
 * The timelines without what would arrive from `from` on for so long: a sender that falls silent and comes back.
 *
 * @example silence('5m', { from: '10m' }, every('10s', { from: '0s', until: '1h' }, { host: 'db-1', ttl: 20 }))
 */
export function silence(
  duration: Duration,
  span: { readonly from: Moment },
  ...timelines: readonly Timeline[]
): Timeline {
  const from = moment(span.from)
  const end = from + micros(duration)
  return timelines
    .flatMap((timeline) => timeline.filter(({ at }) => at < from || at >= end))
    .toSorted((a, b) => a.at - b.at)
}

function complete(parts: EventParts, time: number): Event {
  const unknown = Object.keys(parts).find((key) => !FIELDS.includes(key))
  if (unknown !== undefined) {
    throw new Error(`an event has no field '${unknown}'; it has ${FIELDS.join(', ')}`)
  }
  return makeEvent({ ...parts, time: parts.time ?? time })
}
