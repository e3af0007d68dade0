import { batch } from '../../../server/src/streams/batch.ts'
import { partTimeSimple } from '../../../server/src/streams/part-time-simple.ts'
import { rollup } from '../../../server/src/streams/rollup.ts'
import { throttle } from '../../../server/src/streams/throttle.ts'
import { untyped, type Vocabulary } from './node.ts'

/** What lets only so many values pass in a time. */
export const LIMITS: Vocabulary = {
  operators: {
    throttle: (node) => untyped(throttle(node.number('n'), node.number('dt'))),
    'throttle by timer': (node) => {
      const count = node.number('n')
      return untyped(
        partTimeSimple<number, unknown>(node.number('dt'), {
          reset: () => 0,
          add: (came) => came + 1,
          each(came, value, emit) {
            if (came <= count) emit(value)
          },
          finish() {},
        }),
      )
    },
    rollup: (node) => untyped(rollup(node.number('n'), node.number('dt'))),
    batch: (node) => untyped(batch(node.number('n'), node.number('dt'))),
  },
}
