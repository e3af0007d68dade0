import type { OperatorFunction } from 'rxjs'
import type { Engine } from './engine.ts'
import { callerPlace } from './place.ts'
import { siteOf } from './step.ts'
import { below, Output, type Sink } from './stream.ts'

/**
 * Makes an operator without state: `apply` gets each value and may emit any number of values to `output`.
 * What it throws drops that value there, counted and shown. Cheap inside `by`; not `volatile`. `params` is what an
 * explanation shows.
 */
export function stage<In, Out>(
  name: string,
  apply: (value: In, output: Sink<Out>, engine: Engine) => void,
  params: readonly unknown[] = [],
): OperatorFunction<In, Out> {
  const place = callerPlace()
  return (source) => {
    const stream = siteOf<In>(name, source)
    const { scope } = stream.site
    const engine = scope.engine
    const sink: Sink<In> = {
      next(value) {
        try {
          apply(value, output, engine)
        } catch (error) {
          engine.failed(scope, name, error, value)
        }
      },
    }
    const output = new Output<Out>(below(stream.site, { name, params, place }), () =>
      scope.connect(stream, sink),
    )
    return output
  }
}
