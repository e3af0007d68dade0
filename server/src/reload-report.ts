import type { Volatile } from './rules/volatile.ts'

/** What a reload did to the rules. */
export interface ReloadReport {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Those that were built anew, how many of their operators lost their states, and of how many alerts they lost the keys. */
  readonly changed: readonly { readonly rule: string; readonly reset: number; readonly closed: number }[]
  readonly unchanged: readonly string[]
  readonly volatile: readonly Volatile[]
}
