import { CONTROL } from './control.ts'
import { FILLING } from './filling.ts'
import { FILTERS } from './filters.ts'
import { LIMITS } from './limits.ts'
import type { Vocabulary } from './node.ts'
import { RATES } from './rates.ts'
import { ROUTING } from './routing.ts'
import { STATE } from './state.ts'
import { TIMED } from './timed.ts'
import { TRANSFORM } from './transform.ts'
import { WINDOWS } from './windows.ts'

const FAMILIES: readonly Vocabulary[] = [
  CONTROL,
  FILLING,
  FILTERS,
  LIMITS,
  RATES,
  ROUTING,
  STATE,
  TIMED,
  TRANSFORM,
  WINDOWS,
]

/** Every op that a vector may have. */
export const VOCABULARY: Vocabulary = {
  operators: Object.assign({}, ...FAMILIES.map(({ operators }) => operators)),
  trees: Object.assign({}, ...FAMILIES.map(({ trees }) => trees)),
}
