/** Something that takes a while, and of which there is never more than one at work. */
export interface OneAtATime<T> {
  (): Promise<T>
  /** Resolves when what was asked for before is done, however it ended. */
  settled(): Promise<void>
}

/**
 * Does `work` for all who ask, one after the other. Those that ask while one is at work and another waits get what
 * comes of that one: it has not begun, so it sees all that they want it to see.
 *
 * @example
 * const reload = oneAtATime(() => reloadNow())
 * await Promise.all([reload(), reload(), reload()]) // two reloads
 */
export function oneAtATime<T>(work: () => Promise<T>): OneAtATime<T> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Promise<T> | undefined
  const ask = (): Promise<T> => {
    if (waiting !== undefined) return waiting
    const next = last.then(() => {
      waiting = undefined
      return work()
    })
    waiting = next
    last = next.catch(() => {})
    return next
  }
  const settled = async () => {
    await last
  }
  return Object.assign(ask, { settled })
}
