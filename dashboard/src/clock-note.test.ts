import { expect, test } from 'vitest'
import { clockNote } from './clock-note.ts'

test.each([
  [{}, undefined],
  [{ clockAhead: 0.2 }, '1 s ahead'],
  [{ clockAhead: 42.7 }, '42 s ahead'],
  [{ clockAhead: 3_720 }, '1 h 2 min ahead'],
  [{ clock: 'driven', clockAhead: 5 }, 'driven'],
] as const)('of a hub that says %j the page shows %j', (hub, text) => {
  expect(clockNote(hub)?.text).toBe(text)
})
