const PATTERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(\.\d{1,18})?(Z|[+-]\d\d:\d\d)$/

/**
 * Microseconds since the epoch of an ISO 8601 date and time, rounded; `undefined` for anything else. The zone must be
 * named, as `Z` or an offset: whose local time it is can't be known.
 *
 * @example
 * microsOfIso('2026-11-22T01:20:24.846806851Z') // 1795310424846807
 */
export function microsOfIso(text: string): number | undefined {
  const [, seconds, fraction = '', zone] = PATTERN.exec(text) ?? []
  if (seconds === undefined) return undefined
  const milliseconds = Date.parse(`${seconds}${zone}`)
  return Number.isNaN(milliseconds)
    ? undefined
    : milliseconds * 1000 + Math.round(Number(`0${fraction}`) * 1e6)
}
