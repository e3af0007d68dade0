import type { OperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros, spell } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { invalid, onlyMembers, whole } from './parameters.ts'

export interface TimeWindowOptions extends WindowOptions {
  /** How long after its end a window still takes events. Each list comes so much later. */
  readonly lateness: Duration
  /** How often a window begins; `duration` is a multiple of it. Default `duration`: each event is in one window. */
  readonly every?: Duration
  /** Whether windows in which nothing happened are handed on, as empty lists. Default false. */
  readonly empty?: boolean
}

/** The events of `every` by their own times, in the order in which they came. */
interface Pane {
  readonly start: number
  readonly events: Event[]
}

interface State {
  /** The earliest first, none of them empty; changed in place, as copying them for each event would cost the window. */
  readonly panes: Pane[]
  /** How many events there are in them. */
  readonly size: number
  /** Windows that end then or before are closed. */
  readonly closed: number
  /** The end of the window that the timer waits for; null where there is none. */
  readonly next: number | null
  /** Whether empty windows are handed on now. */
  readonly row: boolean
  /** How long the hub could not listen, in all, until windows were closed the last time. */
  readonly deaf: number
}

/**
 * Hands on the events of each stretch of `duration` as a list, when the hub's clock says that it is over: what comes late
 * is still in the window to which it belongs by its own time.
 *
 * Windows begin at multiples of `duration` since the epoch (those of `'1m'` at full minutes), or of `every`, where they
 * overlap. One contains its start and not its end, and is handed on `lateness` after its end, in the order of the events'
 * own times (of equal ones, in which they came). Without events it is left out, unless `empty` is set: then each is handed
 * on from that of the first event on, until an expired one comes; so long a key of a `by` stays.
 *
 * An event that belongs to closed windows only is dropped, and so is one whose time is further ahead of the hub's clock
 * than `lateness`, and the newest where more than `max` would be held: each counts as a failure. An event that was sent
 * without a time has that of its arrival. Expired events are in no window. Where the hub could not listen, windows wait
 * as much longer for what senders kept for it, and are not handed on empty. It keeps the events of the windows that are
 * open. Riemann has no such function: its windows wait for a later event.
 *
 * A `lateness` is needed since hardly an event arrives when it happens: at least as long as senders collect before they
 * send. An `every` that does not divide `duration` is WEIR_RULE_INVALID.
 *
 * @example by('service', pipe(timeWindow('1m', { lateness: '10s' }), smap(folds.mean), …))
 * @example pipe(timeWindow('5m', { lateness: '10s', every: '1m', empty: true }), smap(folds.count), under(100), …)
 */
export function timeWindow(
  duration: Duration,
  options: TimeWindowOptions,
): OperatorFunction<Event, readonly Event[]> {
  const length = micros(duration)
  onlyMembers('timeWindow', options, ['lateness', 'every', 'max', 'empty'])
  const lateness = micros(options.lateness)
  const every = options.every === undefined ? length : micros(options.every)
  const max = whole('timeWindow', 'max', options.max ?? 10_000, 1)
  const empty = options.empty ?? false
  if (length % every !== 0) {
    throw invalid(
      'timeWindow',
      `every has to divide the duration; ${spell(length)} is no multiple of ${spell(every)}`,
    )
  }
  const startOf = (time: number) => Math.floor(time / every) * every
  return step<Event, readonly Event[], State | null>('timeWindow', [duration, options], {
    awaitsInput: true,
    init: () => null,
    event(before, event, context) {
      if (isExpired(event)) return before === null ? null : { ...before, row: false }
      const { now } = context
      const deaf = before?.deaf ?? now - context.listened
      const missed = now - context.listened - deaf
      const start = startOf(event.time)
      const closed = closedBy(before, startOf(now - lateness - missed), every)
      if (start + length <= closed)
        throw new Error(
          `an event of ${spell(now - event.time)} ago came after its window had closed; it was dropped`,
        )
      if (event.time > now + lateness)
        throw new Error(`an event was ${spell(event.time - now)} ahead of the hub's clock; it was dropped`)
      const { panes, size, next: due } = before ?? { panes: [], size: 0, next: null }
      if (size >= max) throw new Error(`more than ${max} events in open windows; the newest was dropped`)
      put(panes, start, event)
      const first = Math.max(closed, panes[0]?.start ?? start) + every
      const next = due === null ? first : Math.min(due, first)
      // Of a window that ended while the hub could not listen more may come now.
      if (next !== due) context.wakeAt(Math.min(next + missed, Math.max(next, now)) + lateness)
      return { panes, size: size + 1, closed, next, row: empty, deaf }
    },
    timer(state, context) {
      if (state === null) return null
      const { panes, row } = state
      const deaf = context.now - context.listened
      const each = row && deaf === state.deaf
      const closed = startOf(context.now - lateness)
      let { next: end, size } = state
      while (end !== null && end <= closed) {
        const events = eventsBefore(panes, end)
        if (each || events.length > 0) context.emit(events)
        size -= dropUntil(panes, end - length)
        const [first] = panes
        if (each) end += every
        else end = first === undefined ? null : Math.max(end, first.start) + every
      }
      const next = row ? closed + every : end
      if (next !== null) context.wakeAgain(next + lateness)
      return { panes, size, closed, next, row, deaf }
    },
  })
}

/** Up to when windows are closed: those by the clock, but none that the timer still waits for. */
function closedBy(state: State | null, over: number, every: number): number {
  if (state === null) return over
  return Math.max(state.closed, state.next === null ? over : Math.min(over, state.next - every))
}

function put(panes: Pane[], start: number, event: Event): void {
  const at = panes.findLastIndex((pane) => pane.start <= start)
  const pane = panes[at]
  if (pane?.start === start) pane.events.push(event)
  else panes.splice(at + 1, 0, { start, events: [event] })
}

/** Those of the panes before a moment, in the order of their own times. */
function eventsBefore(panes: readonly Pane[], end: number): readonly Event[] {
  return panes
    .flatMap(({ start, events }) => (start < end ? events : []))
    .sort((one, other) => one.time - other.time)
}

/** Takes out the panes that begin then or before, and answers how many events were in them. */
function dropUntil(panes: Pane[], start: number): number {
  const over = panes.findIndex((pane) => pane.start > start)
  return panes
    .splice(0, over < 0 ? panes.length : over)
    .reduce((count, { events }) => count + events.length, 0)
}
