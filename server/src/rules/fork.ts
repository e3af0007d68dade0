import type { OperatorFunction } from 'rxjs'
import type { Engine } from './engine.ts'
import { callerPlace } from './place.ts'
import { isStream } from './scope.ts'
import { siteOf } from './step.ts'
import { below, Output, type Sink } from './stream.ts'

/**
 * Makes an operator without state that gives each value to those of its branches that it chooses; what comes out of any
 * of them goes on. `route` gets the entrances of the branches, in their order; what it throws drops that value, counted
 * and shown. Cheap inside `by`; not `volatile`. `params` is what an explanation shows.
 */
export function fork<In, Inner, Out>(
  name: string,
  branches: readonly OperatorFunction<Inner, Out>[],
  route: (value: In, entrances: readonly Sink<Inner>[], engine: Engine) => void,
  params: readonly unknown[] = [],
): OperatorFunction<In, Out> {
  const place = callerPlace()
  return (source) => {
    const stream = siteOf<In>(name, source)
    const { scope } = stream.site
    const site = below(stream.site, { name, params, place })
    const entrances: Output<Inner>[] = []
    const ends = branches.map((branch) => {
      const entrance = new Output<Inner>(site)
      entrances.push(entrance)
      return branch(entrance)
    })
    const sink: Sink<In> = {
      next(value) {
        try {
          route(value, entrances, scope.engine)
        } catch (error) {
          scope.engine.failed(scope, name, error, value)
        }
      },
    }
    const above = ends.flatMap((end) => (isStream<Out>(end) ? (end.site.above ?? []) : []))
    const output = new Output<Out>({ ...site, above }, () => {
      for (const end of ends) scope.connect(end, output)
      scope.connect(stream, sink)
    })
    return output
  }
}
