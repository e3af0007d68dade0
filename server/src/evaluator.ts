import { decodeMsg, type Event } from 'weir-protocol'
import { type CommandOutcome, doCommand } from './command.ts'
import type { Fold } from './fold.ts'
import type { JournalRecord, RecordKind } from './journal/record.ts'
import type { ReloadReport } from './reload-report.ts'
import type { Restart } from './restart.ts'
import { type RuleSet, unchangedRules } from './rules/rule-set.ts'
import { rulesOf } from './work.ts'

/** What of a record has a meaning for the fold. */
interface Meaning {
  readonly kind: RecordKind
  readonly arrival: number
  readonly bytes: Uint8Array
}

/** Does what records say, in the same way live and in a replay. */
export class Evaluator {
  readonly #fold: Fold
  readonly #now: RuleSet
  readonly #earlier: ReadonlyMap<string, RuleSet>
  readonly #log: (line: string) => void
  /** The rule set in force. */
  #ruleSet: RuleSet
  /** The last restart that was evaluated. */
  restart: Restart | undefined
  /** The hashes of those that were, the oldest first, each with the position of the record that put it in force. */
  #reigns: { readonly hash: string; readonly from: number }[] = []

  /** `ruleSet` is that of now, with which the fold was made; `earlier` are those that were in force before. */
  constructor(options: {
    readonly fold: Fold
    readonly ruleSet: RuleSet
    readonly earlier: ReadonlyMap<string, RuleSet>
    readonly log: (line: string) => void
  }) {
    this.#fold = options.fold
    this.#now = options.ruleSet
    this.#ruleSet = options.ruleSet
    this.#earlier = options.earlier
    this.#log = options.log
  }

  /** The fold is where its checkpoint was made, or new: from here on it is known which rules are in force. */
  begin(): void {
    this.#reigns = [{ hash: this.#fold.hash, from: this.#fold.position }]
  }

  /** The hashes of the rule sets that a replay of what follows this position needs; undefined where that is not known. */
  inForceSince(position: number): ReadonlySet<string> | undefined {
    const first = this.#reigns.findLastIndex(({ from }) => from <= position)
    if (first < 0) return undefined
    this.#reigns.splice(0, first)
    return new Set(this.#reigns.map(({ hash }) => hash))
  }

  /** Moves the clock to the record's arrival; false when there are more timers to fire first. */
  reach({ kind, arrival }: Meaning, limit?: number): boolean {
    if (kind === 'start') this.#fold.restart(arrival)
    else if (kind === 'gap') this.#fold.gap(arrival)
    else return this.#fold.advance(arrival, limit)
    return true
  }

  /** Does what the record says; the clock stands at its arrival. */
  act({ kind, bytes }: Meaning, events: readonly Event[]): CommandOutcome | undefined {
    if (kind === 'msg') this.#fold.events(events)
    if (kind === 'start') this.restart = this.#fold.tellRestart()
    return kind === 'command' ? doCommand(this.#fold, JSON.parse(new TextDecoder().decode(bytes))) : undefined
  }

  /** Does all of a record that was read back, under the rules that it came in under. Answers how many events it has. */
  replay(record: JournalRecord): number {
    const { kind, bytes, arrival } = record
    // Before the very first record, rules are built without one: so are they here.
    if (kind === 'start' && this.#fold.position === 0) this.ruleBy(rulesOf(bytes))
    this.#fold.begin(record.position)
    this.reach(record)
    if (kind === 'start' || kind === 'reload') this.ruleBy(rulesOf(bytes))
    const events = kind === 'msg' ? decodeMsg(bytes, arrival).events : []
    this.act(record, events)
    return events.length
  }

  /** Puts a rule set in force, where it is not; answers what changed. */
  rule(ruleSet: RuleSet): ReloadReport {
    if (ruleSet.hash === this.#fold.hash) {
      const unchanged = ruleSet.rules.map((rule) => rule.name)
      return { added: [], removed: [], changed: [], unchanged, volatile: this.#fold.volatile }
    }
    const report = this.#fold.reload(ruleSet.rules, unchangedRules(this.#ruleSet, ruleSet), ruleSet.hash)
    this.#ruleSet = ruleSet
    this.#reigns.push({ hash: ruleSet.hash, from: this.#fold.position })
    return report
  }

  /** Puts the rule set of this hash in force; where it can't be had, the one that is goes on. */
  ruleBy(hash: string): void {
    if (hash === '' || hash === this.#fold.hash) return
    const found = hash === this.#now.hash ? this.#now : this.#earlier.get(hash)
    if (found !== undefined) this.rule(found)
    else
      this.#log(
        `the rules of before (${hash}) can't be had: records are replayed under those of ${this.#fold.hash}`,
      )
  }
}
