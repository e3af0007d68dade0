import { WeirError } from '../errors.ts'

/** `'30s'`, `'5m'`, `'1h'`, `'1d'`, `'500ms'`, or a number of seconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

export const SECOND = 1_000_000

const UNITS: Readonly<Record<string, number>> = {
  ms: 1_000,
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: 86_400 * SECOND,
}

/**
 * A duration in integer microseconds, strictly: `'5m'` is 300,000,000; `'-5m'`, `'0x5m'`, `'1e3s'`, `0` and
 * `'5 m'` throw WEIR_DURATION_INVALID.
 */
export function micros(duration: Duration): number {
  let value = Number.NaN
  if (typeof duration === 'number') value = duration * SECOND
  else {
    const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
    if (parts !== null) value = Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? Number.NaN)
  }
  const rounded = Math.round(value)
  if (!(rounded > 0) || !Number.isSafeInteger(rounded)) {
    throw new WeirError('WEIR_DURATION_INVALID', { value: String(duration) })
  }
  return rounded
}

const SIZES: readonly (readonly [string, number])[] = [
  ['d', 86_400 * SECOND],
  ['h', 3600 * SECOND],
  ['m', 60 * SECOND],
  ['s', SECOND],
  ['ms', 1_000],
]

/**
 * A duration in microseconds for people: `5m`, `1h 30m`, `12s`, `1s 500ms`, `0s`. It is rounded to milliseconds and
 * said in its largest unit and the `units - 1` below that one; those that are 0 are left out. Default: two units.
 */
export function spell(duration: number, units = 2): string {
  let rest = Math.max(0, Math.round(duration / 1000) * 1000)
  const largest = SIZES.findIndex(([, size]) => rest >= size)
  if (largest < 0) return '0s'
  const parts: string[] = []
  for (const [unit, size] of SIZES.slice(largest, largest + units)) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join(' ')
}

/** How long ago something was, for people: as `spell`, in whole seconds. */
export function spellAge(age: number): string {
  return spell(Math.floor(Math.max(0, age) / SECOND) * SECOND)
}
