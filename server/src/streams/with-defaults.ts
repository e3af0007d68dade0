import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/** Fields that an event may lack. */
export type Defaults = Partial<Omit<Event, 'time'>>

/**
 * Fills in the fields and attributes that an event lacks (Riemann's `default`); what it has is kept. Tags are filled in
 * where there are none.
 *
 * @example withDefaults({ ttl: 120, state: 'ok' })
 */
export function withDefaults(defaults: Defaults): MonoTypeOperatorFunction<Event> {
  const { attributes } = defaults
  return stage(
    'withDefaults',
    (event, output) => {
      output.next({
        ...event,
        host: event.host ?? defaults.host,
        service: event.service ?? defaults.service,
        state: event.state ?? defaults.state,
        description: event.description ?? defaults.description,
        metric: event.metric ?? defaults.metric,
        ttl: event.ttl ?? defaults.ttl,
        tags: event.tags.length === 0 ? (defaults.tags ?? event.tags) : event.tags,
        attributes:
          attributes === undefined
            ? event.attributes
            : Object.assign(Object.create(null), attributes, event.attributes),
      })
    },
    [defaults],
  )
}
