import { isEmpty, isMap } from './values.ts'
import type { Outcome, StreamVector } from './vector.ts'

/** The outcome for a comparison: without nils, unordered lists in order. */
export function comparable({ output, ...outcome }: Outcome, { unordered = false }: StreamVector): Outcome {
  return {
    ...outcome,
    output: output.map((one) => ({ ...one, value: normal(one.value, unordered) })),
  }
}

function normal(value: unknown, unordered: boolean): unknown {
  if (Array.isArray(value)) {
    const members = value.map((member) => normal(member, unordered))
    return unordered ? members.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : members
  }
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !isNil(member) && !(key === 'tags' && isEmpty(member)))
      .map(([key, member]) => [key, normal(member, unordered)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/**
 * `actual` with each number that is the same as the expected one within 1e-9 of it (next to 0: 1e-12; as a time: a microsecond) replaced by
 * that one.
 */
export function aligned(actual: unknown, expected: unknown, key = ''): unknown {
  if (typeof actual === 'number') {
    if (typeof expected === 'string') return String(actual) === expected ? expected : actual
    if (typeof expected !== 'number') return actual
    const tolerance = TIMES.has(key) ? 1.1e-6 : Math.max(Math.abs(expected) * 1e-9, 1e-12)
    return Math.abs(actual - expected) <= tolerance ? expected : actual
  }
  if (Array.isArray(actual))
    return actual.map((member, n) => aligned(member, Array.isArray(expected) ? expected[n] : undefined))
  if (!isMap(actual)) return actual
  return Object.fromEntries(
    Object.entries(actual).map(([name, member]) => [
      name,
      aligned(member, isMap(expected) ? expected[name] : undefined, name),
    ]),
  )
}

const TIMES = new Set(['at', 'time', 'tick', 'start', 'end'])

function isNil(value: unknown): boolean {
  return value === null || value === undefined
}

/** The outcome in a line for each output, and one for the failures if there were any. */
export function linesOf({ output, failures, refused }: Outcome): string[] {
  const lines = output.map(({ at, label, value }) => {
    const from = label === undefined ? `${at}` : `${at} ${label}`
    return `${from}: ${JSON.stringify(normal(value, false)).replace(/"(\w+)":/g, '$1:')}`
  })
  return [...lines, ...(failures > 0 ? [`failures: ${failures}`] : []), ...(refused ? ['refused'] : [])]
}

/** The outcome without the times of its events, and without metrics that are no finite numbers. */
export function timeless(outcome: Outcome): Outcome {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip)
    if (!isMap(value)) return value
    const { time, ...others } = value
    const shown = Object.entries(others).filter(
      ([key, member]) => key !== 'metric' || typeof member !== 'number' || Number.isFinite(member),
    )
    return Object.fromEntries(shown.map(([key, member]) => [key, strip(member)]))
  }
  return { ...outcome, output: outcome.output.map((one) => ({ ...one, value: strip(one.value) })) }
}
