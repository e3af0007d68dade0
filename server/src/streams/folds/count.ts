import { makeEvent } from 'weir-protocol'
import { ruleTime } from '../../clock/rxjs.ts'
import { type Fold, firstOf } from './fold.ts'

/**
 * The first event with the number of events as its metric. Missing ones are not counted; those without a metric, and
 * expired ones, are. Where there is none, an event with nothing but a metric of 0 and the present as time.
 */
export const count: Fold = (events) => {
  const metric = events.filter((event) => event !== null && event !== undefined).length
  const first = firstOf(events)
  return first === undefined ? makeEvent({ metric, time: ruleTime() }) : { ...first, metric }
}
