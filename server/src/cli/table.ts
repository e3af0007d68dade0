/**
 * Rows as aligned columns, a line each; `empty` where there are none. What events say must not move the cursor: control
 * characters become spaces.
 */
export function table(raw: readonly (readonly string[])[], empty: string): string {
  if (raw.length === 0) return empty
  const rows = raw.map((row) => row.map(printable))
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** The text without what would move the cursor, or turn the direction of writing. */
export function printable(cell: string): string {
  return cell.replace(/\p{Bidi_Control}/gu, '').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}

/** A moment for people: `2026-11-22 04:00:29`, in UTC. */
export function utc(micros: number): string {
  return new Date(micros / 1000).toISOString().slice(0, 19).replace('T', ' ')
}
