import { type Event, makeEvent } from 'weir-protocol'
import { type Duration, micros, spell } from '../clock/duration.ts'
import { refused, refuseOthers, refuseParts, refuseUnknown } from './strict.ts'
import { EXACT } from './tables.ts'

/** The fields of an event in a test; its time is when it is played unless given (microseconds). */
export type EventParts = Partial<Event>

/** An event, and the moment (microseconds from the beginning) at which it arrives. */
export interface Arrival {
  readonly at: number
  readonly event: Event
}

/** The open alerts that are meant: of a rule, of a host, or of both. */
export interface Which {
  readonly rule?: string
  readonly host?: string
}

/** Somebody acknowledges alerts. */
export interface Acknowledging {
  readonly at: number
  readonly acknowledge: Which
}

/** What happens in a test, in order. */
export type Timeline = readonly (Arrival | Acknowledging)[]

/** A moment: a duration from the beginning, or none: `'0s'`, `0`. */
export type Moment = Duration

/** A moment in microseconds. */
export function moment(at: Moment): number {
  return at === 0 || /^0(ms|s|m|h|d)$/.test(String(at)) ? 0 : micros(at)
}

/**
 * Events that arrive at one moment, in this order.
 *
 * @example at('30s', { host: 'db-1', service: 'cpu', metric: 99 })
 */
export function at(when: Moment, ...events: readonly EventParts[]): readonly Arrival[] {
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
): readonly Arrival[] {
  refuseOthers('the span of every()', span, ['from', 'until'])
  const step = micros(period)
  const from = moment(span.from)
  const end = moment(span.until)
  if (end < from) throw refused(`every() goes back from ${spell(from, EXACT)} to ${spell(end, EXACT)}`)
  const played: Arrival[] = []
  for (let time = from; time < end; time += step) {
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
  ...timelines: readonly (readonly Arrival[])[]
): readonly Arrival[] {
  refuseOthers('the span of silence()', span, ['from'])
  const from = moment(span.from)
  const end = from + micros(duration)
  return timelines
    .flatMap((timeline) => timeline.filter(({ at }) => at < from || at >= end))
    .toSorted((a, b) => a.at - b.at)
}

/**
 * Somebody acknowledges, at a moment, the alerts that are open then: those of a rule, of a host, of both, or all. From
 * then on they are not repeated and not escalated. Where none is open, `play` throws.
 *
 * @example acknowledge('20m', { rule: 'payments fail', host: 'shop-1' })
 */
export function acknowledge(when: Moment, which: Which = {}): readonly Acknowledging[] {
  refuseUnknown('what acknowledge() takes', which, ['rule', 'host'])
  return [{ at: moment(when), acknowledge: which }]
}

/** Refuses a timeline in which an event is earlier than the one before it, and what is no timeline. */
export function refuseDisorder(timeline: Timeline): void {
  if (!isTimeline(timeline))
    throw refused('play() takes timelines; make them with at(), every(), silence() or acknowledge()')
  for (const [n, { at }] of timeline.entries()) {
    const before = timeline[n - 1]?.at ?? at
    if (at >= before) continue
    throw refused(
      `a timeline goes back from ${spell(before, EXACT)} to ${spell(at, EXACT)}; put its events in order, or give play() several timelines`,
    )
  }
}

function isTimeline(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null && 'at' in each)
  )
}

function complete(parts: EventParts, time: number): Event {
  refuseParts(parts)
  const { attributes, tags } = parts
  // A rule that changes an event changes it for all rules; here it throws.
  return Object.freeze(
    makeEvent({
      ...parts,
      time: parts.time ?? time,
      ...(tags === undefined ? {} : { tags: Object.freeze([...tags]) }),
      // As a received event has them: any key is the sender's.
      ...(attributes === undefined
        ? {}
        : { attributes: Object.freeze(Object.assign(Object.create(null), attributes)) }),
    }),
  )
}
