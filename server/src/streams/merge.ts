import { isObservable, type Observable, type OperatorFunction } from 'rxjs'
import { siteOf } from '../rules/step.ts'
import { Output } from '../rules/stream.ts'
import { invalid } from './parameters.ts'

/**
 * Puts branches together.
 *
 * With operators it is an operator: each value goes through every branch, in their order, and what comes out of any
 * of them goes on. With streams it is RxJS's `merge`, but what follows it is still seen by the engine.
 *
 * @example merge(pipe(where({ state: 'critical' }), publish(page)), index())
 * @example (events) => merge(events.pipe(where({ state: 'ok' })), events.pipe(throttle(1, '1m')))
 */
export function merge<In, Out>(...branches: readonly OperatorFunction<In, Out>[]): OperatorFunction<In, Out>
export function merge<T>(...streams: readonly Observable<T>[]): Observable<T>
export function merge<In, Out>(
  ...parts: readonly (OperatorFunction<In, Out> | Observable<Out>)[]
): OperatorFunction<In, Out> | Observable<Out> {
  const streams = parts.filter((part): part is Observable<Out> => isObservable(part))
  const branches = parts.filter((part): part is OperatorFunction<In, Out> => !isObservable(part))
  if (branches.length === 0) return join(streams, fork(streams))
  return (source) => {
    const stream = siteOf<In>('merge', source)
    const trunk = new Output<In>(stream.site, () => stream.site.scope.connect(stream, trunk))
    return join(
      branches.map((branch) => branch(trunk)),
      stream.site.path,
    )
  }
}

/** `path`: of what the streams have in common, so that an edit of one of them does not move what follows. */
function join<T>(parts: readonly Observable<T>[], path: readonly string[]): Observable<T> {
  const streams = parts.map((part) => siteOf<T>('merge', part))
  const { scope } = siteOf<T>('merge', streams[0]).site
  if (streams.some((stream) => stream.site.scope !== scope)) {
    throw invalid(scope.ruleName, 'merge() inside of a by() can put together only streams of that by()')
  }
  const above = streams.flatMap(({ site }) => site.above ?? [])
  const output = new Output<T>({ scope, path: [...path, 'merge'], above }, () => {
    for (const stream of streams) scope.connect(stream, output)
  })
  return output
}

/** The path that streams have in common. */
function fork(streams: readonly Observable<unknown>[]): readonly string[] {
  const [first = [], ...others] = streams.map((stream) => siteOf('merge', stream).site.path)
  const end = first.findIndex((name, at) => others.some((path) => path[at] !== name))
  return end < 0 ? first : first.slice(0, end)
}
