import { batch } from '../../../server/src/streams/batch.ts'
import { rollup } from '../../../server/src/streams/rollup.ts'
import { throttle } from '../../../server/src/streams/throttle.ts'
import { untyped, type Vocabulary } from './node.ts'

/** What lets only so many values pass in a time. */
export const LIMITS: Vocabulary = {
  operators: {
    throttle: (node) => untyped(throttle(node.number('n'), node.number('dt'))),
    rollup: (node) => untyped(rollup(node.number('n'), node.number('dt'))),
    batch: (node) => untyped(batch(node.number('n'), node.number('dt'))),
  },
}
