import type { MonoTypeOperatorFunction, OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { by } from './by.ts'
import { type ChangedOptions, changed, type Pair } from './changed.ts'
import { onlyMembers } from './parameters.ts'

/**
 * Passes an event when the state of its host and service changed (Riemann's `changed-state`): it splits by both
 * itself. The first event of each passes, unless `init` says what stood before. With `pairs` the event before is handed
 * on with it; see `changed`.
 *
 * `alert` finds changes by itself and needs none of this before it.
 *
 * @example pipe(changedState({ init: 'ok' }), publish(log))
 */
export function changedState(
  options: ChangedOptions & { readonly pairs: true },
): OperatorFunction<Event, Pair>
export function changedState(
  options?: ChangedOptions & { readonly pairs?: false },
): MonoTypeOperatorFunction<Event>
export function changedState(options: ChangedOptions = {}): OperatorFunction<Event, Event | Pair> {
  onlyMembers('changedState', options, ['init', 'pairs'])
  const { pairs, ...others } = options
  return pairs === true
    ? by(['host', 'service'], changed(stateOf, { ...others, pairs }))
    : by(['host', 'service'], changed(stateOf, others))
}

function stateOf(event: Event): string | undefined {
  return event.state
}
