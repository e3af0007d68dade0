import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { INDEX_TOPIC } from '../rules/effects.ts'
import { stage } from '../rules/stage.ts'
import { invalid } from './parameters.ts'

/**
 * Sends an event made from each event through all rules, once the event that caused it has been through them; the
 * original is passed on. An event may cause another one through at most 8 hops; further ones are dropped, counted.
 *
 * With a topic, a text, in place of a function, each event goes to those who are subscribed to it at this moment, at
 * `/pubsub/TOPIC` of the hub's HTTP listener, and not to any rule. The topic `index` is the index's own: WEIR_RULE_INVALID.
 * (These two are `reinject` and `publish` of Riemann.)
 *
 * @example pipe(throttle(1, '1m'), publish((event) => ({ ...event, service: `${event.service} sampled` })))
 * @example rule('slow requests', { match: { service: 'request *' }, stream: pipe(where(above(1)), publish('slow')) })
 */
export function publish(
  to: string | ((event: Event) => Event | undefined) = (event) => event,
): MonoTypeOperatorFunction<Event> {
  if (typeof to === 'string') return publishTo(to)
  return stage(
    'publish',
    (event, output, engine) => {
      const made = to(event)
      if (made !== undefined) engine.publish(made)
      output.next(event)
    },
    [to],
  )
}

function publishTo(topic: string): MonoTypeOperatorFunction<Event> {
  if (topic === '') throw invalid('publish', 'its topic needs a name')
  if (topic === INDEX_TOPIC)
    throw invalid('publish', `the topic '${topic}' carries what the index gets; take another`)
  return stage(
    'publish',
    (event, output, engine) => {
      engine.effects.tell(topic, event)
      output.next(event)
    },
    [topic],
  )
}
