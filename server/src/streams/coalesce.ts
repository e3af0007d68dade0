import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { isOver, type Kept } from './kept.ts'
import { onlyMembers, whole } from './parameters.ts'
import { heard, STILL, type Ticking, ticksOn } from './ticking.ts'

interface State {
  readonly ticking: Ticking
  /** By host and service; changed in place, last of all: a copy for each event would cost as much as there are. */
  readonly latest: Record<string, Kept>
  /** How many they are. */
  readonly size: number
}

export interface CoalesceOptions {
  /** How many hosts and services are kept; events of further ones are dropped, counted as failures. Default 10,000. */
  readonly max?: number
}

/**
 * Keeps the latest event of each host and service and passes them all as one list every `interval`, the first time at
 * once, after the first event (Riemann's `coalesce`): what sums up a group of hosts. Their order means nothing.
 *
 * By the hub's clock, from arrivals. An event that says that it is expired, or has run out of its ttl (60 s where it has
 * none), is in one more list as it is, then gone. The lists come as long as something is heard: an expired event, of
 * whatever host, stops them until the next live one, and so does the ttl of the last event. To keep groups apart, put it
 * into a `by`. State: an event for each host and service.
 *
 * @example by((event) => event.attributes.cluster, coalesce('10s'), smap(sum), over(1000))
 */
export function coalesce(
  interval: Duration = '1s',
  options: CoalesceOptions = {},
): OperatorFunction<Event, readonly Event[]> {
  const length = micros(interval)
  onlyMembers('coalesce', options, ['max'])
  const max = whole('coalesce', 'max', options.max ?? 10_000, 1)
  return step<Event, readonly Event[], State>('coalesce', [interval, options], {
    awaitsInput: true,
    init: () => ({ ticking: STILL, latest: {}, size: 0 }),
    event({ ticking, latest, size }, event, context) {
      const key = JSON.stringify([event.host, event.service])
      const grown = key in latest ? size : size + 1
      if (grown > max)
        throw new Error(`more than ${max} hosts and services; the event of a new one was dropped`)
      const next = heard(ticking, event, context, 0)
      latest[key] = { event, arrival: context.listened }
      return { ticking: next, latest, size: grown }
    },
    timer(state, context) {
      if (!ticksOn(state.ticking, context, length)) return { ...state, ticking: STILL }
      const all = Object.values(state.latest)
      context.emit(all.map(({ event }) => event))
      if (!all.some((kept) => isOver(kept, context.listened))) return state
      const live = Object.entries(state.latest).filter(([, kept]) => !isOver(kept, context.listened))
      return { ...state, latest: Object.fromEntries(live), size: live.length }
    },
  })
}
