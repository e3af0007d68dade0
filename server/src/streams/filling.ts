import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import type { StepSpec } from '../rules/step.ts'

/** What fills in where nothing comes: passes events, each of which puts the next filling off; an expired one ends it. */
export function filling<State>(
  interval: Duration,
  parts: {
    /** The state after an event. */
    after(state: State, event: Event): State
    /** What is filled in; nothing where it is undefined. */
    filled(state: State, now: number): Event | undefined
  },
): Pick<StepSpec<Event, Event, State>, 'awaitsInput' | 'event' | 'timer'> {
  const length = micros(interval)
  return {
    awaitsInput: true,
    event(state, event, context) {
      if (isExpired(event)) context.sleep()
      else context.wakeAgain(context.now + length)
      context.emit(event)
      return parts.after(state, event)
    },
    timer(state, context) {
      context.wakeAgain(context.now + length)
      const event = parts.filled(state, context.now)
      if (event !== undefined) context.emit(event)
      return state
    },
  }
}
