import type { Hub } from '../hub.ts'
import type { Outbox } from '../outputs/outbox.ts'
import type { HubView } from './frames.ts'

/** What a hub says of itself, to the page and on /healthz. */
export function hubView(
  hub: Hub,
  outbox: Outbox,
  about: {
    readonly version: string
    /** Microseconds. */
    readonly started: number
    /** Whether a test drives its clock. */
    readonly driven: boolean
    readonly listen: { readonly riemann: string | undefined; readonly http: string }
    readonly eventsPerSecond: number
  },
): HubView {
  const { fold, degraded, clockAhead } = hub
  const { version, started, driven, listen, eventsPerSecond } = about
  return {
    version,
    started: started / 1000,
    indexed: fold.index.size,
    open: fold.book.size,
    silences: fold.book.telling.silences.size,
    events: fold.engine.counters.events,
    eventsPerSecond,
    rules: fold.engine.rules.length,
    listen: { riemann: listen.riemann ?? null, http: listen.http },
    outboxDepth: outbox.depth(),
    degraded: degraded === undefined ? null : { since: degraded.since / 1000, reason: degraded.reason },
    ...(driven ? { clock: 'driven' as const } : {}),
    ...(clockAhead > 0 ? { clockAhead: clockAhead / 1e6 } : {}),
  }
}
