import type { Event } from 'weir-protocol'
import type { Engine } from './rules/engine.ts'
import type { Run } from './rules/run.ts'

/** A message of before, for rules with a lookback. */
export interface PastMessage {
  readonly arrival: number
  readonly events: readonly Event[]
}

/**
 * Lets those of the rules that are volatile and name a lookback see again what came in it; what they do meanwhile has
 * been done already, and leaves nowhere. `past` gives the messages that arrived from a time on, in microseconds.
 */
export function lookBack(
  engine: Engine,
  runs: readonly Run[],
  past: (from: number) => Iterable<PastMessage>,
): void {
  const rebuilt = runs.filter(({ counters, lookback }) => counters.volatile && lookback > 0)
  const { clock } = engine
  // Before the first record, or a checkpoint, there is no past.
  if (rebuilt.length === 0 || clock.now === 0) return
  const now = clock.now
  const from = now - Math.max(...rebuilt.map(({ lookback }) => lookback))
  const settle = () => engine.settle(() => {})
  engine.rebuild(rebuilt, from, (next) => {
    for (const { arrival, events } of past(from)) {
      clock.advance(arrival, settle)
      for (const event of events) next(event)
    }
    clock.advance(now, settle)
  })
}
