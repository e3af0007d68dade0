/** What `changed` and `stable` compare and keep: JSON data. */
export type Value = string | number | boolean | null

/** A value as JSON data: a missing one is null, and a number that JSON has no word for is its name. */
export function asValue(value: Value | undefined): Value {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value ?? null
}
