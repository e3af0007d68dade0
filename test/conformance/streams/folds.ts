import type { Env } from './expressions.ts'

/** A fold by its name: of a list of events (elements may be null), and the further members of its F. */
export type Fold = (events: readonly unknown[], fn: Readonly<Record<string, unknown>>, env: Env) => unknown

/** `riemann.folds`, and which of Weir's functions each one is. */
export const FOLDS: Readonly<Record<string, Fold>> = {}
