import type { Outcome, Stage } from './stage.ts'
import { refused } from './strict.ts'
import { timetableOf } from './timetable.ts'

/**
 * Throws where the same events gave other results with one pipeline for all keys of a `by` than with one per key: a
 * callback keeps something from one event to the next, which then is of all keys. Looks at what came of them from
 * the `from`th result on; answers how many there are.
 */
export function refuseDifference(shared: Stage, separate: Stage, named: boolean, from: number): number {
  const results = Math.max(shared.outcomes.length, separate.outcomes.length)
  for (let n = from; n < results; n += 1) {
    const one = wordsOf(shared.outcomes[n])
    const other = wordsOf(separate.outcomes[n])
    if (one === other) continue
    const tables = [timetableOf(shared, named), timetableOf(separate, named)]
    // Where the alerts are the same it is something else that differs: a message, a tap, what was published.
    const [all, each] = tables[0] === tables[1] ? [one, other] : tables
    throw refused(
      `a rule gives other results with one pipeline for all keys than with one per key: a callback inside by() is not pure\n` +
        `one for all:\n${all}\none per key:\n${each}`,
    )
  }
  return results
}

/** All that a test can see of a result. */
function wordsOf(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case undefined:
      return 'nothing'
    case 'tap':
      return words(outcome.at, 'tap', outcome.tapped.name, outcome.tapped.value)
    case 'derived':
      return words(outcome.at, 'published', outcome.derived.event, outcome.derived.topic)
    case 'not told':
      return words(outcome.at, 'not told', outcome.alert, outcome.why)
    case 'failed':
      return words(outcome.at, 'failed', outcome.line)
    case 'change': {
      const { kind, tell, alert } = outcome.change
      return words(outcome.at, kind, alert.rule, alert.key, alert.severity, alert.summary, alert.event, tell)
    }
    case 'message': {
      const { destination, rule, items } = outcome.message
      return words(outcome.at, 'told', destination, rule, ...items.map(({ alert: _, ...item }) => item))
    }
  }
}

function words(...parts: readonly unknown[]): string {
  try {
    return JSON.stringify(parts)
  } catch {
    // A tap may see anything.
    return parts.map(String).join(' ')
  }
}
