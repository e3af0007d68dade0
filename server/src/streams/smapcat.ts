import type { OperatorFunction } from 'rxjs'
import { stage } from '../rules/stage.ts'

/**
 * Makes a list of each value and passes its members one by one (Riemann's `smapcat`; with the list itself, its
 * `sflatten`). The function must be pure; what it throws drops that value, counted.
 *
 * @example smapcat((event) => event.tags.map((tag) => ({ ...event, service: `${event.service} ${tag}` })))
 * @example pipe(rollup(5, '1m'), smapcat((events) => events))
 */
export function smapcat<In, Out>(change: (value: In) => readonly Out[]): OperatorFunction<In, Out> {
  return stage(
    'smapcat',
    (value, output) => {
      for (const made of change(value)) output.next(made)
    },
    [change],
  )
}
