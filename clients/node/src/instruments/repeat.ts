import type { Clock } from '../clock.ts'

/**
 * Calls `run` after every so many seconds, until the returned function is called. The next call is set before this one,
 * so that what it throws ends nothing; it does not keep the process alive.
 */
export function repeat(clock: Clock, seconds: number, run: () => void): () => void {
  let cancel = () => {}
  const next = () => {
    cancel = clock.after(seconds * 1000, () => {
      next()
      run()
    })
  }
  next()
  return () => cancel()
}
