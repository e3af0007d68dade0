import { backoff } from './backoff.ts'
import type { Delivery } from './notification.ts'
import type { Attempt, OutboxRow } from './outbox.ts'
import { duration } from './plain-text.ts'

/** Seconds until a destination that is broken is tried again. */
export const PAUSE = 600

/** How an attempt can end that is the last one or has a next one. */
export type Outcome = Exclude<Delivery, { readonly kind: 'more' }>

/** What becomes of a message after an attempt. */
export type Verdict = Outcome & {
  /** Microseconds: before it this message is not tried again. */
  readonly next: number
  /** Microseconds: before it the receiver wants no message at all. */
  readonly askedUntil: number
}

/**
 * What an attempt means for its message: when it is tried next, and whether it is given up, because the next attempt
 * would come later than `giveUpAfter` seconds after the first.
 */
export function verdictOf(
  row: Pick<OutboxRow, 'attempts' | 'firstAttempt'>,
  { started, ended }: Attempt,
  outcome: Outcome,
  { random, giveUpAfter }: { readonly random: () => number; readonly giveUpAfter: number },
): Verdict {
  if (outcome.kind === 'sent' || outcome.kind === 'dead') return { ...outcome, next: ended, askedUntil: 0 }
  const asked = outcome.kind === 'retry' ? (outcome.afterSeconds ?? 0) : 0
  const wait = outcome.kind === 'pause' ? PAUSE : Math.max(backoff(row.attempts + 1, random), asked)
  const next = ended + micros(wait)
  const askedUntil = ended + micros(Math.min(asked, giveUpAfter))
  if (next - (row.firstAttempt ?? started) <= micros(giveUpAfter)) return { ...outcome, next, askedUntil }
  const reason = `${outcome.reason}; not delivered in ${spell(giveUpAfter)}`
  return { kind: 'dead', reason, next, askedUntil }
}

export function micros(seconds: number): number {
  return Math.ceil(seconds * 1_000_000)
}

/** Seconds as `0.5s`, `5m 10s`. */
export function spell(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds * 10) / 10}s` : duration(seconds * 1_000_000)
}
