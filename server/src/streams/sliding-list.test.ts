import fc from 'fast-check'
import { expect, test } from 'vitest'
import { append, copyOf, dropAll, dropFirst, dropWhile, emptyList, sizeOf } from './sliding-list.ts'

test('is what a list would be from which the same is taken away', () => {
  const change = fc.oneof(
    fc.record({ add: fc.nat({ max: 9 }) }),
    fc.record({ first: fc.nat({ max: 3 }) }),
    fc.record({ while: fc.nat({ max: 9 }) }),
    fc.record({ all: fc.nat({ max: 9 }) }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const list = emptyList<{ readonly n: number }>()
      let expected: readonly { readonly n: number }[] = []
      for (const change of changes) {
        const before = copyOf(list)
        const [known, seen] = [[...before], before]
        if ('add' in change) {
          const value = { n: change.add }
          append(list, value)
          expected = [...expected, value]
        } else if ('first' in change) {
          const count = Math.min(change.first, expected.length)
          dropFirst(list, count)
          expected = expected.slice(count)
        } else if ('while' in change) {
          dropWhile(list, ({ n }) => n < change.while)
          const stays = expected.findIndex(({ n }) => n >= change.while)
          expected = stays < 0 ? [] : expected.slice(stays)
        } else {
          dropAll(list, ({ n }) => n === change.all)
          expected = expected.filter(({ n }) => n !== change.all)
        }
        expect(copyOf(list)).toEqual(expected)
        expect(sizeOf(list)).toBe(expected.length)
        // What was copied before does not change.
        expect(seen).toEqual(known)
        // At most as many as are there are kept besides.
        expect(list.values.length).toBeLessThanOrEqual(2 * expected.length + 1)
      }
    }),
  )
})
