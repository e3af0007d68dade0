import type { OperatorFunction } from 'rxjs'
import type { Engine } from './engine.ts'
import { siteOf } from './step.ts'
import { Output, type Sink } from './stream.ts'

/**
 * Makes an operator without state: `apply` gets each value and may emit any number of values to `output`.
 * What it throws drops that value there, counted and shown. Cheap inside `by`; not `volatile`.
 */
export function stage<In, Out>(
  name: string,
  apply: (value: In, output: Sink<Out>, engine: Engine) => void,
): OperatorFunction<In, Out> {
  return (source) => {
    const stream = siteOf<In>(name, source)
    const { scope, path } = stream.site
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
    const output = new Output<Out>({ scope, path: [...path, name] }, () => scope.connect(stream, sink))
    return output
  }
}
