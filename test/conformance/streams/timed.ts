import type { Vocabulary } from './node.ts'

/** What goes by the clock: filling in, joins, intervals. */
export const TIMED: Vocabulary = { operators: {} }
