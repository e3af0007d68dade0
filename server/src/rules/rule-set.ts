import type { Rule } from './rule.ts'

/** The rules of a configuration, as they were when it was loaded. */
export interface RuleSet {
  /** Of the contents of all its files. */
  readonly hash: string
  readonly rules: readonly Rule[]
  /** By a rule's name: of its file and of the local files that this imports. Where two are the same, so are the rules. */
  readonly fingerprints: ReadonlyMap<string, string>
  /** The file of the configuration. */
  readonly entry: string
  /** The configuration and the local files that it imports, by their paths. */
  readonly files: ReadonlyMap<string, string>
}

/** Rules that come from no file: they can't be kept for a replay, and each reload takes them for changed. */
export function bareRuleSet(rules: readonly Rule[]): RuleSet {
  return { hash: 'bare', rules, fingerprints: new Map(), entry: '', files: new Map() }
}

/** The rules of `after` that are the same as in `before`: their files, and what these import, have not changed. */
export function unchangedRules(before: RuleSet, after: RuleSet): ReadonlySet<string> {
  const names = [...after.fingerprints].filter(([name, print]) => before.fingerprints.get(name) === print)
  return new Set(names.map(([name]) => name))
}
