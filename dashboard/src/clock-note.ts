import type { HubView } from 'weir-hub/live'
import { duration } from './format.ts'

/** What is to be known of the hub's clock, short and in full; undefined while it is the time of day. */
export function clockNote(
  hub: Pick<HubView, 'clock' | 'clockAhead'>,
): { readonly text: string; readonly meaning: string } | undefined {
  if (hub.clock === 'driven') {
    return { text: 'driven', meaning: 'A test moves the time of this hub: it monitors nothing real.' }
  }
  if (hub.clockAhead === undefined) return undefined
  const text = `${duration(Math.max(1000, hub.clockAhead * 1000))} ahead`
  return {
    text,
    meaning: `The clock of the hub's machine was set back. The hub's time, and so the times here, are ${text} of it, until it has caught up.`,
  }
}
