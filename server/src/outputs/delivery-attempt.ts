import type { Wall } from '../clock/wall.ts'
import { messageOf } from '../errors.ts'
import type { Delivery, DeliveryIo, Destination, Notification } from './notification.ts'
import type { OutboxRow } from './outbox.ts'

/** Seconds that a destination whose signal was aborted has to tell what it knows. */
const GRACE = 1
/** A destination that throws breaks its contract; its message is tried so many times in all and does not hold up the others for days. */
const THROWN_ATTEMPTS = 5

/**
 * Hands a message to its destination once. Whatever happens is a Delivery: an attempt that takes longer than `timeout`
 * seconds, or whose `abort` is called, is broken off and counts as to be retried.
 */
export async function attemptDelivery(options: {
  readonly destination: Destination
  readonly row: OutboxRow
  readonly io: Omit<DeliveryIo, 'signal'>
  readonly abort: AbortController
  readonly timeouts: Wall
  readonly timeout: number
}): Promise<Delivery> {
  const { destination, row, io, abort, timeouts, timeout } = options
  const notification = notificationOf(row)
  if (notification === undefined) return { kind: 'dead', reason: 'the row cannot be read' }
  const { signal } = abort
  const cancels = [
    timeouts.after(timeout * 1000, () => abort.abort(new Error(`no answer within ${timeout} s`))),
  ]
  const abandoned = new Promise<Delivery>((resolve) => {
    const abandon = () => resolve({ kind: 'retry', reason: messageOf(signal.reason) })
    signal.addEventListener('abort', () => cancels.push(timeouts.after(GRACE * 1000, abandon)))
  })
  const deliver = async (): Promise<Delivery> => {
    try {
      return await destination.deliver(notification, { ...io, signal })
    } catch (thrown) {
      const reason = `${destination.kind} threw: ${messageOf(thrown)}`
      return { kind: row.attempts + 1 < THROWN_ATTEMPTS ? 'retry' : 'dead', reason }
    }
  }
  try {
    return await Promise.race([deliver(), abandoned])
  } finally {
    for (const cancel of cancels) cancel()
  }
}

/** What a row of the outbox holds; undefined where it cannot be read. */
export function notificationOf({ body }: Pick<OutboxRow, 'body'>): Notification | undefined {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
