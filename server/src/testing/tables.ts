import type { AlertChange } from '../alerts/alert.ts'

/** Moments in a timetable are said in all their units. */
export const EXACT = 5

/** How bad it is now, in a word. */
export function severityOf({ kind, alert }: AlertChange): string {
  return kind === 'resolved' ? 'ok' : kind === 'stale' ? 'expired' : alert.severity
}

/** Who is told. */
export function targetsOf({ tell }: AlertChange): string {
  return tell.join(', ') || 'nobody'
}

/** Rows as aligned columns; a last column is as wide as it is. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length - 1))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
