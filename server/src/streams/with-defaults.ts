import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/** Fields that an event may lack. */
export type Defaults = Partial<Pick<Event, 'host' | 'service' | 'state' | 'description' | 'metric' | 'ttl'>>

/**
 * Fills in the fields that an event lacks (Riemann's `default`); what it has is kept.
 *
 * @example withDefaults({ ttl: 120, state: 'ok' })
 */
export function withDefaults(defaults: Defaults): MonoTypeOperatorFunction<Event> {
  return stage('withDefaults', (event, output) => {
    output.next({
      ...event,
      host: event.host ?? defaults.host,
      service: event.service ?? defaults.service,
      state: event.state ?? defaults.state,
      description: event.description ?? defaults.description,
      metric: event.metric ?? defaults.metric,
      ttl: event.ttl ?? defaults.ttl,
    })
  })
}
