import type { NodeShape } from './carry.ts'

/**
 * Of a rule that has changed, how many values the keys have of alerts that it can't mean any more: no `alert()` is left
 * with the `by`s around that it had.
 */
export function lostKeys(before: readonly NodeShape[], after: readonly NodeShape[]): ReadonlySet<number> {
  const left = new Set(keyings(after).map(String))
  const kept = keyings(before).filter((keying) => left.has(String(keying)))
  const lengths = new Set(keyings(before).map(lengthOf))
  return lengths.difference(new Set(kept.map(lengthOf)))
}

/** The names of the `by`s around each `alert()`, outermost first. */
function keyings(shapes: readonly NodeShape[]): readonly (readonly string[])[] {
  return shapes.flatMap(({ name, inner }) =>
    name === 'alert' ? [[]] : keyings(inner).map((keying) => [name, ...keying]),
  )
}

/** `by(host,service)` makes two values. */
function lengthOf(keying: readonly string[]): number {
  return keying.reduce((sum, name) => sum + name.split(',').length, 0)
}
