import { type Event, encodeMsg, makeEvent } from 'weir-protocol'
import type { Wall } from './clock/wall.ts'
import type { Intake } from './ingest/intake.ts'

/** A figure of the hub: as it is now or, where it is a `count`, as it has grown since it was told last. */
export interface Figure {
  readonly service: string
  readonly read: () => number
  readonly count?: boolean
}

/**
 * Tells the hub's own figures as events, so that rules watch the hub as they watch everything else: one event each,
 * every `seconds`, with a ttl of three times as much. Returns what ends it.
 */
export function tellHealth(options: {
  readonly intake: Intake
  readonly wall: Wall
  /** The host of the events. */
  readonly name: string
  readonly seconds: number
  readonly figures: readonly Figure[]
}): () => void {
  const { intake, wall, name, seconds, figures } = options
  const before = new Map(figures.map(({ service, read }) => [service, read()]))
  let cancel = (): void => {}
  let stopped = false
  const again = (): void => {
    if (!stopped) cancel = wall.after(seconds * 1000, tell)
  }
  const tell = (): void => {
    const time = wall.now()
    const events = figures.map(({ service, read, count }): Event => {
      const value = read()
      const metric = count === true ? value - (before.get(service) ?? 0) : value
      before.set(service, value)
      return makeEvent({ host: name, service, metric, time, ttl: 3 * seconds, tags: ['weir'] })
    })
    // The next ones wait until these are handled: they do not pile up before a hub that is behind.
    intake.submit('self', encodeMsg({ events }), again)
  }
  again()
  return () => {
    stopped = true
    cancel()
  }
}
