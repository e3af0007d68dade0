import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { by } from './by.ts'
import { type ChangedOptions, changed } from './changed.ts'

/**
 * Passes an event when the state of its host and service changed (Riemann's `changed-state`): it splits by both
 * itself. The first event of each passes, unless `init` says what stood before.
 *
 * `alert` finds changes by itself and needs none of this before it.
 *
 * @example pipe(changedState({ init: 'ok' }), publish(log))
 */
export function changedState(options: ChangedOptions = {}): MonoTypeOperatorFunction<Event> {
  return by(
    ['host', 'service'],
    changed((event) => event.state, options),
  )
}
