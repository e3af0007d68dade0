const ADDRESS_LENGTH = 500

/**
 * Text of an event as it may stand in one line: no line breaks or other control characters, nothing that turns the
 * direction of writing, at most `max` characters, the last one `…` where some were cut off.
 */
export function oneLine(text: string, max = 1_000): string {
  const line = text
    .slice(0, 4 * max)
    .toWellFormed()
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  if (line.length <= max) return line
  const points = [...line]
  return points.length <= max ? line : `${points.slice(0, max - 1).join('')}…`
}

/** Microseconds since the epoch as `2026-01-01 00:00:00 UTC`. */
export function utc(micros: number): string {
  const date = new Date(micros / 1000)
  if (Number.isNaN(date.getTime())) return 'an impossible time'
  return `${date.toISOString().slice(0, -5).replace('T', ' ')} UTC`
}

/** Microseconds as `45s`, `5m 10s`, `2h 5m` or `3d 4h`: the two largest units. */
export function duration(micros: number): string {
  const seconds = Math.max(0, Math.floor(micros / 1_000_000))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ')
}

/** A metric as people read it: whole numbers in full, others with three decimals, small ones with four digits. */
export function figure(metric: number): string {
  if (Number.isInteger(metric)) return String(metric)
  return String(Number(Math.abs(metric) < 1 ? metric.toPrecision(4) : metric.toFixed(3)))
}

/** Whether a message may link to it: an address of http or https, not too long. */
export function isWeb(address: string): boolean {
  return address.length <= ADDRESS_LENGTH && /^https?:$/.test(URL.parse(address)?.protocol ?? '')
}
