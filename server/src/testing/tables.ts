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

/** Host and service in one cell. */
export function placeOf({
  host,
  service,
}: {
  readonly host?: string | undefined
  readonly service?: string | undefined
}): string {
  return [host, service].filter((part) => part !== undefined).join(' ')
}

/** Rows as aligned columns; the last cell of a row is as wide as it is. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, { length }] of row.slice(0, -1).entries())
      widths[column] = Math.max(widths[column] ?? 0, length)
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
