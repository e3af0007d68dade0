/**
 * A value of Clojure's as what Weir takes for a key or a value to compare: a text that no other value has. nil is
 * missing.
 */
export function asWritten(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : JSON.stringify(value)
}

/** The value that was written. */
export function asRead(key: string | undefined): unknown {
  return key === undefined ? null : JSON.parse(key)
}
