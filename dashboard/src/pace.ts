import type { Clock } from './clock.ts'

/**
 * Makes something happen at most once in `ms` milliseconds: the first call runs at once, those that follow within the
 * time are one run at its end.
 */
export function atMostEvery(ms: number, clock: Clock, run: () => void): () => void {
  let resting = false
  let asked = false
  const go = (): void => {
    resting = true
    asked = false
    clock.after(ms, () => {
      resting = false
      if (asked) go()
    })
    run()
  }
  return () => {
    if (resting) asked = true
    else go()
  }
}
