import type { MonoTypeOperatorFunction } from 'rxjs'
import { stage } from '../rules/stage.ts'

/**
 * Names this point of a rule: `play` of `weir-hub/testing` records what comes by, in `taps`; in a running hub it does
 * nothing. Events and lists pass on as they are. Points of one name are recorded together.
 * (`tap` of Riemann. RxJS has a `tap` of its own, which calls a function.)
 *
 * @example by('host', rate('10s'), tap('rates'), severity({ warning: above(100) }), alert({ … }))
 */
export function tap<T>(name: string): MonoTypeOperatorFunction<T> {
  return stage<T, T>(
    'tap',
    (value, output, engine) => {
      engine.tapped?.(name, value)
      output.next(value)
    },
    [name],
  )
}
