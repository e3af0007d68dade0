import type { Delivery } from './notification.ts'

/** How a destination does. */
export interface DestinationHealth {
  /** `failing`: away, or asks to come later. `paused`: broken, all waits until somebody puts it right. */
  readonly state: 'ok' | 'failing' | 'paused'
  /** What went wrong last. */
  readonly reason: string | undefined
  /** Since when it is not `ok`, in microseconds. */
  readonly since: number | undefined
}

export const HEALTHY: DestinationHealth = { state: 'ok', reason: undefined, since: undefined }

/** How a destination does once an attempt has come out so, `now` in microseconds. */
export function healthAfter(before: DestinationHealth, outcome: Delivery, now: number): DestinationHealth {
  const { since = now } = before
  if (outcome.kind === 'retry') return { state: 'failing', reason: outcome.reason, since }
  if (outcome.kind === 'pause') return { state: 'paused', reason: outcome.reason, since }
  return HEALTHY
}
