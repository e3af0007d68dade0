import type { Event } from 'weir-protocol'
import { z } from 'zod'
import type { CommandOutcome } from './command.ts'
import type { Outcome } from './ingest/intake.ts'
import type { RecordKind } from './journal/record.ts'
import type { ReloadReport } from './reload-report.ts'
import type { RuleSet } from './rules/rule-set.ts'

/** Something that the hub was handed: a record for its journal, what it means, and who waits for it. */
export interface Work {
  readonly kind: RecordKind
  /** Microseconds. */
  readonly arrival: number
  readonly bytes: Uint8Array
  readonly events: readonly Event[]
  readonly done: ((outcome: Outcome) => void) | undefined
  /** Who asks something of the index as it is when this is through the rules. */
  asks?: (() => void)[]
  /** What came of a command. */
  outcome?: CommandOutcome
  /** The rules that are in force from here on. */
  readonly ruleSet?: RuleSet
  /** What changed with them. */
  report?: ReloadReport
}

const NOTHING = new Uint8Array(0)
const rulingSchema = z.object({ rules: z.string() })

/** A record about the clock or the hub itself, without content. */
export function control(kind: RecordKind, arrival: number, done?: (outcome: Outcome) => void): Work {
  return { kind, arrival, bytes: NOTHING, events: [], done }
}

/** The record that names the rules that are in force from there on. */
export function ruling(
  kind: 'start' | 'reload',
  arrival: number,
  ruleSet: RuleSet,
  done?: (outcome: Outcome) => void,
): Work {
  const bytes = new TextEncoder().encode(JSON.stringify({ rules: ruleSet.hash }))
  return { kind, arrival, bytes, events: [], done, ruleSet }
}

/** The hash of the rules that a `start` or `reload` names; `''` where it names none. */
export function rulesOf(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : rulingSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).rules
}
