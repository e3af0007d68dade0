import { types } from 'node:util'
import { machineStopwatch, type Stopwatch } from '../clock.ts'
import type { EventInput } from '../event-input.ts'
import type { Sender } from './sender.ts'

export interface TimeOptions {
  /** What else the event has: a ttl, tags. */
  readonly event?: EventInput | undefined
  readonly stopwatch?: Stopwatch | undefined
}

/**
 * Calls a function, which may be asynchronous, and tells the hub how many seconds it took: an event with the state `ok`,
 * or `critical` and the reason where it failed. Gives or throws what the function does, and does not wait for the hub.
 *
 * An event for each call: for what is called often, `measured` of `weir-client/storage` tells rates and quantiles.
 *
 * @example
 * const report = await time(client, 'report/duration', () => makeReport())
 */
export function time<T>(
  client: Sender,
  service: string,
  run: () => T,
  { event, stopwatch = machineStopwatch }: TimeOptions = {},
): T {
  const began = stopwatch()
  return observed(run, (end) => {
    const outcome = 'error' in end ? { state: 'critical', description: String(end.error) } : { state: 'ok' }
    void client.send({ service, metric: stopwatch() - began, ...outcome, ...event })
  })
}

/** How a call ended. */
export type End<R> = { readonly result: Awaited<R> } | { readonly error: unknown }

/**
 * Calls `run`, and tells how it or its promise has ended; gives and throws what it does. What `done` throws is lost: it
 * is none of the application's business.
 */
export function observed<R>(run: () => R, done: (end: End<R>) => void): R {
  const tell = (end: End<R>) => {
    try {
      done(end)
    } catch {}
  }
  let result: R
  try {
    result = run()
  } catch (error) {
    tell({ error })
    throw error
  }
  if (isSettled(result)) tell({ result })
  else
    Promise.resolve(result).then(
      (result) => tell({ result }),
      (error) => tell({ error }),
    )
  return result
}

/** Whether it is no promise. Of other things with a `then` some do their work when it is called, so nobody calls it here. */
function isSettled<R>(value: R): value is R & Awaited<R> {
  return !types.isPromise(value)
}
