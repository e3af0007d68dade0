import type { OperatorFunction } from 'rxjs'
import { type Event, expire, isExpired } from 'weir-protocol'
import { fork } from '../rules/fork.ts'
import { type When, whenTest } from '../rules/match.ts'

/**
 * Keeps two views of the events that mirror each other: an event that meets the condition goes to `yes` and an expired
 * copy of it to `no`, any other the other way round; an expired event goes to both (Riemann's `dual`). The copy comes
 * first. It has the host, service, tags, attributes and ttl of the event and is of now.
 *
 * @example dual({ state: 'ok' }, index(), publish((event) => ({ ...event, service: `${event.service} problem` })))
 */
export function dual<Out>(
  when: When,
  yes: OperatorFunction<Event, Out>,
  no: OperatorFunction<Event, Out>,
): OperatorFunction<Event, Out> {
  const test = whenTest(when)
  return fork<Event, Event, Out>(
    'dual',
    [yes, no],
    (event, [ifYes, ifNo], { clock }) => {
      if (isExpired(event)) {
        ifYes?.next(event)
        ifNo?.next(event)
        return
      }
      const [to, other] = test(event) ? [ifYes, ifNo] : [ifNo, ifYes]
      other?.next(expire(event, clock.now))
      to?.next(event)
    },
    [when],
  )
}
