import type { Vocabulary } from './node.ts'

/** Rates, derivatives and statistics. */
export const RATES: Vocabulary = { operators: {} }
