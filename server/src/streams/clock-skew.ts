import type { MonoTypeOperatorFunction } from 'rxjs'
import { DEFAULT_TTL, type Event, isExpired } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { onlyMembers, whole } from './parameters.ts'
import { placeOf } from './place.ts'

interface Clock {
  /** How far it is ahead of the hub's, in microseconds. */
  readonly ahead: number
  /** Until when it counts, in microseconds of listening. */
  readonly until: number
}

/** Changed in place: copying it for each event would cost all hosts. */
interface State {
  /** By host, with a sign before the name, since a host may be called `__proto__`. */
  readonly clocks: Record<string, Clock>
  /** How far the clocks are ahead, in order. */
  readonly ahead: number[]
  /** No clock ends to count before this moment. */
  readonly earliest: number
}

export interface ClockSkewOptions {
  /** How many hosts are kept; events of further ones are dropped, which counts as a failure. Default 10,000. */
  readonly max?: number
}

/**
 * Passes each event with the seconds by which its host's clock is ahead of the median of all hosts' clocks as its metric
 * (Riemann's `clock-skew`).
 *
 * By the events' own times against the hub's clock: what a host's clock shows now is the time of its last event and what
 * has passed since. The median of an even number is the upper one, and the event's own host is among them. A host counts
 * until its last event's ttl (60 s where it has none) has passed since it arrived, and once more after that; a time in
 * which the hub could not listen does not count. An expired event passes unchanged, and its host counts no longer.
 * Events without a host are those of one host. Do not put it into a `by`: it compares hosts.
 *
 * @example pipe(clockSkew(), where((event) => Math.abs(event.metric ?? 0) > 5), …)
 */
export function clockSkew(options: ClockSkewOptions = {}): MonoTypeOperatorFunction<Event> {
  onlyMembers('clockSkew', options, ['max'])
  const max = whole('clockSkew', 'max', options.max ?? 10_000, 1)
  return step<Event, Event, State>('clockSkew', [options], {
    init: () => ({ clocks: {}, ahead: [], earliest: Number.MAX_SAFE_INTEGER }),
    event(state, event, context) {
      const { clocks, ahead } = state
      const key = event.host === undefined ? '' : `=${event.host}`
      const known = clocks[key]
      const expired = isExpired(event)
      if (known === undefined && !expired && ahead.length >= max)
        throw new Error(`more than ${max} hosts; an event of a new one was dropped`)
      if (known !== undefined) ahead.splice(placeOf(ahead, known.ahead), 1)
      let { earliest } = state
      if (expired) {
        delete clocks[key]
        context.emit(event)
      } else {
        const own = event.time - context.now
        const until = context.listened + (event.ttl ?? DEFAULT_TTL) * SECOND
        ahead.splice(placeOf(ahead, own), 0, own)
        clocks[key] = { ahead: own, until }
        earliest = Math.min(earliest, until)
        const median = ahead[ahead.length >> 1] ?? own
        context.emit({ ...event, metric: (own - median) / SECOND })
      }
      return {
        clocks,
        ahead,
        earliest: earliest < context.listened ? sweep(state, context.listened) : earliest,
      }
    },
  })
}

/** Takes out the clocks that count no longer, and answers when the first of the others ends to. */
function sweep({ clocks, ahead }: State, now: number): number {
  let earliest = Number.MAX_SAFE_INTEGER
  for (const [key, clock] of Object.entries(clocks)) {
    if (clock.until >= now) {
      earliest = Math.min(earliest, clock.until)
      continue
    }
    delete clocks[key]
    ahead.splice(placeOf(ahead, clock.ahead), 1)
  }
  return earliest
}
