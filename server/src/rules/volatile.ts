import type { Duration } from '../clock/duration.ts'

/** A rule that uses operators of RxJS's own, whose state is not kept. */
export interface Volatile {
  readonly rule: string
  /** How far back it sees events again after a restart or a change. */
  readonly lookback: Duration | undefined
}

/** What that means, for people. */
export function volatileLine({ rule, lookback }: Volatile): string {
  const then =
    lookback === undefined
      ? 'starts empty after a restart or a change, since it names no lookback'
      : `sees the last ${typeof lookback === 'number' ? `${lookback}s` : lookback} again after a restart or a change`
  return `rule '${rule}' is volatile: it uses operators of RxJS's own, and ${then}`
}
