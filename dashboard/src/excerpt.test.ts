import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excerpt } from './excerpt.ts'

const list = { rows: 1000, rowHeight: 30, open: -1, openHeight: 0, top: 0, height: 300 }

test.each([
  ['at the start', {}, { first: 0, end: 19, before: 0, after: 29_430 }],
  ['in the middle', { top: 15_000 }, { first: 492, end: 519, before: 14_760, after: 14_430 }],
  ['at the end', { top: 29_700 }, { first: 982, end: 1000, before: 29_460, after: 0 }],
  ['far below the window', { top: -5000 }, { first: 0, end: 1, before: 0, after: 29_970 }],
  ['far above the window', { top: 90_000 }, { first: 999, end: 1000, before: 29_970, after: 0 }],
  ['shorter than the window', { rows: 2 }, { first: 0, end: 2, before: 0, after: 0 }],
  ['empty', { rows: 0 }, { first: 0, end: 0, before: 0, after: 0 }],
  [
    'open above',
    { open: 3, openHeight: 200, top: 15_200 },
    { first: 492, end: 519, before: 14_960, after: 14_430 },
  ],
  [
    'open below',
    { open: 900, openHeight: 200, top: 15_000 },
    { first: 492, end: 519, before: 14_760, after: 14_630 },
  ],
  [
    'open across',
    { open: 500, openHeight: 900, top: 15_200 },
    { first: 492, end: 509, before: 14_760, after: 14_730 },
  ],
])('a list that is %s', (_, sight, expected) => {
  expect(excerpt({ ...list, ...sight })).toEqual(expected)
})

test('what is in the window is in the excerpt, and the rooms add up', () => {
  const sights = fc.record({
    rows: fc.integer({ min: 1, max: 20_000 }),
    rowHeight: fc.integer({ min: 20, max: 60 }),
    open: fc.integer({ min: -1, max: 19_999 }),
    openHeight: fc.integer({ min: 0, max: 2000 }),
    top: fc.integer({ min: -2000, max: 1_500_000 }),
    height: fc.integer({ min: 1, max: 2000 }),
  })
  fc.assert(
    fc.property(sights, ({ open: wanted, ...rest }) => {
      const open = wanted < rest.rows ? wanted : -1
      const sight = { ...rest, open }
      const { first, end, before, after } = excerpt(sight)
      const extra = (from: number, to: number): number => (open >= from && open < to ? sight.openHeight : 0)
      const total = sight.rows * sight.rowHeight + extra(0, sight.rows)
      const inDocument = (end - first) * sight.rowHeight + extra(first, end)
      expect(before + inDocument + after).toBe(total)
      expect(end).toBeGreaterThan(first)
      expect(end - first).toBeLessThan(sight.height / sight.rowHeight + 20)
      if (sight.top >= 0 && sight.top < total) expect(before).toBeLessThanOrEqual(sight.top)
      if (sight.top + sight.height >= 0) {
        expect(total - after).toBeGreaterThanOrEqual(Math.min(total, sight.top + sight.height))
      }
    }),
  )
})
