import { cpus } from 'node:os'

/** A line of a table: what was measured, and its figures. */
export type Figures = Readonly<Record<string, string | number | undefined>>

const rows: { readonly table: string; readonly figures: Figures }[] = []
const json = process.argv.includes('--json')

/** Names of parts that the command line asks for; empty: all. */
export const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))

/** Prints a table; with `--json`, its lines are kept for the one object that is printed at the end. */
export function table(name: string, lines: readonly Figures[]): void {
  if (json) rows.push(...lines.map((figures) => ({ table: name, figures })))
  else {
    console.log(`\n${name}`)
    console.table(lines)
  }
}

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** Millions, to be read. */
export function millions(value: number): string {
  return `${(value / 1e6).toFixed(value < 1e5 ? 3 : 2)} M`
}

process.on('exit', () => {
  if (!json) return
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  console.log(JSON.stringify({ machine, figures: rows }))
})
