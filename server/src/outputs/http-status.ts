import type { Delivery } from './notification.ts'
import { oneLine } from './plain-text.ts'

/** What an answer over HTTP says about a delivery: the status, the headers, and the beginning of the body. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: string
}

const RETRIED = new Set([408, 425, 429])
/** The destination is at fault, not the message: moved, not allowed, not there, not paid for, the wrong server. */
const BROKEN = new Set([401, 402, 403, 404, 405, 407, 410, 421, 426, 451, 511])
const DETAIL_LENGTH = 200

/**
 * What became of a message that was handed over by an HTTP request, the same for every destination:
 *
 * | status | |
 * |---|---|
 * | 2xx | sent |
 * | 408, 425, 429, 5xx but 511 | retry, no sooner than Retry-After where the answer has it |
 * | 3xx, 401, 402, 403, 404, 405, 407, 410, 421, 426, 451, 511 | pause: the destination is broken, and its messages wait until it is put right |
 * | all others: 400, 413, 422 … | dead: this message would be refused again |
 *
 * `now` is in microseconds; a Retry-After that is a date is counted from it, unless the answer is dated itself.
 */
export function deliveryOf(answer: HttpAnswer, now: number): Delivery {
  const { status, headers } = answer
  if (status >= 200 && status <= 299) return { kind: 'sent' }
  const detail = oneLine(answer.body, DETAIL_LENGTH)
  const reason = detail === '' ? `HTTP ${status}` : `HTTP ${status} ${detail}`
  if (BROKEN.has(status) || (status >= 300 && status <= 399)) return { kind: 'pause', reason }
  if (!RETRIED.has(status) && !(status >= 500 && status <= 599)) return { kind: 'dead', reason }
  return { kind: 'retry', reason, afterSeconds: retryAfter(headers, now) }
}

/** Retry-After in seconds, from a number of seconds or an HTTP date; undefined where it is missing or makes no sense. */
function retryAfter(headers: HttpAnswer['headers'], now: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER)
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(date)) return undefined
  // Against the receiver's own clock where it tells it: a hub whose clock is ahead must not come too soon.
  const dated = Date.parse(headers.get('date') ?? '')
  return Math.max(0, (date - (Number.isNaN(dated) ? now / 1000 : dated)) / 1000)
}
