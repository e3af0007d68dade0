import type { Vocabulary } from './node.ts'

/** Windows. */
export const WINDOWS: Vocabulary = { operators: {} }
