import type { OperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { heard, STILL, type Ticking, ticksOn } from './ticking.ts'

/** When a bin began and ended, in microseconds of the hub's clock. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** What is collected over an interval. A bin is JSON data. */
export interface Bins<Bin, Out> {
  /** A new, empty bin. */
  create(): Bin
  /** The bin with the event in it: another one, or the same one changed after all that can throw. */
  add(bin: Bin, event: Event): Bin
  /** Hands on what the bin comes to. What it throws is counted, and the bin is gone. */
  finish(bin: Bin, stretch: Stretch, emit: (value: Out) => void): void
}

interface State<Bin> {
  readonly ticking: Ticking
  /** When the present bin began; null where there is none. */
  readonly start: number | null
  readonly bin: Bin
}

/** The operator `name`: bins of an interval each, from the first event on, until all is expired or silent. */
export function binned<Bin, Out>(
  name: string,
  params: readonly unknown[],
  interval: Duration,
  { create, add, finish }: Bins<Bin, Out>,
): OperatorFunction<Event, Out> {
  const length = micros(interval)
  return step<Event, Out, State<Bin>>(name, params, {
    awaitsInput: true,
    init: () => ({ ticking: STILL, start: null, bin: create() }),
    event(state, event, context) {
      if (isExpired(event))
        return { ticking: heard(state.ticking, event, context, length), start: null, bin: create() }
      const bin = add(state.bin, event)
      const ticking = heard(state.ticking, event, context, length)
      return ticking === state.ticking && bin === state.bin && state.start !== null
        ? state
        : { ticking, start: state.start ?? context.now, bin }
    },
    timer(state, context) {
      if (!ticksOn(state.ticking, context, length)) return { ...state, ticking: STILL }
      try {
        finish(state.bin, { start: state.start ?? context.now, end: context.now }, (value) =>
          context.emit(value),
        )
      } catch (error) {
        context.failed(error)
      }
      return { ticking: state.ticking, start: context.now, bin: create() }
    },
  })
}
