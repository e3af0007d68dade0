import { appendFileSync, readFileSync } from 'node:fs'
import type { AlertChange } from '../alerts/alert.ts'

/** The variable that names the file in which `play` writes what it saw; `weir test` sets it. */
export const SEEN_VARIABLE = 'WEIR_TEST_SEEN'

/** What tests saw of each rule, by its name. */
export type Seen = ReadonlyMap<string, ReadonlySet<string>>

/** Adds to the file which kinds of change each rule had; of each kind once. */
export function recordSeen(file: string, changes: readonly AlertChange[]): void {
  const lines = new Set(changes.map(({ kind, alert }) => `${JSON.stringify([alert.rule, kind])}\n`))
  // One short write in append mode: the tests of several files run at once.
  if (lines.size > 0) appendFileSync(file, [...lines].join(''))
}

/** Reads what `recordSeen` wrote. */
export function readSeen(file: string): Seen {
  const seen = new Map<string, Set<string>>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue
    const [rule, kind]: readonly string[] = JSON.parse(line)
    if (rule === undefined || kind === undefined) continue
    seen.set(rule, (seen.get(rule) ?? new Set()).add(kind))
  }
  return seen
}
