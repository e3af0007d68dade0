import { type Event, isExpired } from 'weir-protocol'
import type { StepContext } from '../rules/step.ts'
import { metricOf } from './metric.ts'

/** What an operator that judges metrics does with an event: `judge` sees those that have one, and gives the next state. */
export function judging<State>(
  judge: (state: State, metric: number, event: Event, context: StepContext<Event>) => State,
): (state: State, event: Event, context: StepContext<Event>) => State {
  return (state, event, context) => {
    if (isExpired(event)) {
      context.emit(event)
      return state
    }
    const metric = metricOf(event)
    return metric === undefined ? state : judge(state, metric, event, context)
  }
}
