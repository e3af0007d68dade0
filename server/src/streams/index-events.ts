import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Puts each event into the index as the latest of its host and service, and passes it on. An expired event takes its
 * host and service out. When an indexed event runs out of its ttl (60 s where it has none, counted from its arrival),
 * an expired copy with its host, service, tags and attributes goes through all rules.
 *
 * @example rule('index', { stream: index() })
 */
export function index(): MonoTypeOperatorFunction<Event> {
  return stage('index', (event, output, engine) => {
    engine.effects.index(event)
    output.next(event)
  })
}
