import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import type { Stretch } from './bins.ts'

/** What is collected over a window. What it holds is JSON data. */
export interface Windows<Held, Out, In = Event> {
  /** What a new window begins with; `before` is what the one before held at its end, null for the first one. */
  reset(before: Held | null): Held
  /** What it holds with the value: something else, or the same changed after all that can throw. */
  add(held: Held, value: In): Held
  /** Called with what it holds now, after each value. */
  each?(held: Held, value: In, emit: (value: Out) => void): void
  /** Hands on what the window comes to, at its end. What it throws is counted. */
  finish(held: Held, stretch: Stretch, emit: (value: Out) => void): void
}

interface State<Held> {
  /** When a window began: the open one, or the one before. */
  readonly start: number
  /** Whether a value came into the window that began then. */
  readonly open: boolean
  readonly held: Held | null
}

/**
 * The operator `name`: windows of `duration` that follow each other from when the rule, or the group of a `by`, began.
 * `version`: of what a window holds.
 */
export function calendarWindows<Held, Out, In = Event>(
  name: string,
  params: readonly unknown[],
  duration: Duration,
  { reset, add, each, finish }: Windows<Held, Out, In>,
  version = 1,
): OperatorFunction<In, Out> {
  const length = micros(duration)
  return step<In, Out, State<Held>>(name, params, {
    version,
    eager: true,
    init: (now) => ({ start: now, open: false, held: null }),
    event(state, value, context) {
      // An open window ends by its timer: what another timer hands on at its very end is still in it.
      const windows = state.open ? 0 : Math.floor((context.now - state.start) / length)
      const start = state.start + windows * length
      const held = add(state.open && state.held !== null ? state.held : reset(state.held), value)
      // Before anything is handed on, so that of windows that end together the outer one ends first.
      if (!state.open) context.wakeAt(start + length)
      try {
        each?.(held, value, (out) => context.emit(out))
      } catch (error) {
        if (!state.open) context.sleep()
        throw error
      }
      return { start, open: true, held }
    },
    timer(state, context) {
      const end = state.start + length
      const { held } = state
      if (held === null) return state
      try {
        finish(held, { start: state.start, end }, (value) => context.emit(value))
      } catch (error) {
        context.failed(error)
      }
      return { start: end, open: false, held }
    },
  })
}
