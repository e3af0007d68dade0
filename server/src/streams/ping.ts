import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Target } from '../rules/effects.ts'
import { stage } from '../rules/stage.ts'
import { siteOf } from '../rules/step.ts'

/**
 * Writes a message to a destination for each event, and passes it on: no alert, nobody is told. For `heartbeat()`,
 * whose receiver calls out when nothing comes any more. The message says that this rule still works, and no more.
 *
 * @example rule('proof of life', { match: { service: 'weir/probe' }, stream: ping(lifeline) })
 */
export function ping(to: Target): MonoTypeOperatorFunction<Event> {
  return (source) => {
    const { rule, ruleName } = siteOf<Event>('ping', source).site.scope
    rule.targets.add(to)
    return stage<Event, Event>('ping', (event, output, engine) => {
      engine.effects.ping({ rule: ruleName, destination: to.name, event })
      output.next(event)
    })(source)
  }
}
