import type { Duration } from '../clock/duration.ts'
import { WeirError } from '../errors.ts'
import { spellPlace } from './place.ts'
import { placeOf } from './rule.ts'
import type { Run } from './run.ts'
import type { Applied } from './stream.ts'

/** A rule that uses operators of RxJS's own, whose state is not kept. */
export interface Volatile {
  readonly rule: string
  /** How far back it sees events again after a restart or a change. */
  readonly lookback: Duration
}

/** What that means, for people. */
export function volatileLine({ rule, lookback }: Volatile): string {
  const span = typeof lookback === 'number' ? `${lookback}s` : lookback
  return `rule '${rule}' is volatile: it uses operators of RxJS's own, and sees the last ${span} again after a restart or a change`
}

/**
 * Throws WEIR_RULE_VOLATILE where a rule uses operators of RxJS's own and names no `lookback`: a restart would lose in
 * silence what they hold. Of rules that are about to be put in force; those of before are replayed as they are.
 */
export function mustLookBack(runs: readonly Run[]): void {
  for (const { rule, counters } of runs) {
    if (!counters.volatile || rule.lookback !== undefined) continue
    const place = placeOf(rule)
    throw new WeirError('WEIR_RULE_VOLATILE', {
      place: place === undefined ? '' : `${spellPlace(place)}: `,
      rule: rule.name,
      what: foreignPart(counters.foreign),
    })
  }
}

/** Which part is RxJS's: its operators don't tell their names, so where it stands. */
function foreignPart(operator: Applied | undefined): string {
  if (operator === undefined) return 'a function of RxJS that puts its streams together'
  const [before] = operator.above
  if (before === undefined) return 'an operator of RxJS at its beginning'
  const place = before.place === undefined ? '' : ` (${spellPlace(before.place)})`
  return `an operator of RxJS behind ${before.name}${place}`
}
