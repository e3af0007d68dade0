import { describe, expect, test } from 'vitest'
import { openUntil, type TimeWindow, windowProblem } from './window.ts'

const berlin: TimeWindow = { from: '02:30', to: '04:00', timeZone: 'Europe/Berlin' }
const night: TimeWindow = { days: ['sat'], from: '23:00', to: '01:00', timeZone: 'UTC' }

const closes = (window: TimeWindow, at: string) => {
  const until = openUntil(window, Date.parse(at) * 1000)
  return until === undefined ? 'closed' : new Date(until / 1000).toISOString()
}

describe('a window of time', () => {
  test.each([
    ['before it', berlin, '2026-01-14T01:29:59Z', 'closed'],
    ['at its start', berlin, '2026-01-14T01:30:00Z', '2026-01-14T03:00:00.000Z'],
    ['within', berlin, '2026-01-14T02:59:30Z', '2026-01-14T03:00:00.000Z'],
    ['at its end', berlin, '2026-01-14T03:00:00Z', 'closed'],
    ['in summer the clocks are an hour ahead', berlin, '2026-07-14T00:30:00Z', '2026-07-14T02:00:00.000Z'],
    ['in summer it is over when winter would begin it', berlin, '2026-07-14T02:00:00Z', 'closed'],
    ['the night that skips from 2 to 3: it opens at 3', berlin, '2026-03-29T00:59:00Z', 'closed'],
    ['and closes at 4, one hour later', berlin, '2026-03-29T01:00:00Z', '2026-03-29T02:00:00.000Z'],
    [
      'the night that has 2 to 3 twice: open in the first',
      berlin,
      '2026-10-25T00:30:00Z',
      '2026-10-25T03:00:00.000Z',
    ],
    ['closed from the second 2 o’clock to half past', berlin, '2026-10-25T01:10:00Z', 'closed'],
    ['and open again', berlin, '2026-10-25T01:30:00Z', '2026-10-25T03:00:00.000Z'],
    [
      'an end that the clocks skip is looked for again in a minute',
      { ...berlin, from: '01:00', to: '02:30' },
      '2026-03-29T00:30:00Z',
      '2026-03-29T00:31:00.000Z',
    ],
    ['into the next day', night, '2026-01-17T23:30:00Z', '2026-01-18T01:00:00.000Z'],
    ['on the next day', night, '2026-01-18T00:59:00Z', '2026-01-18T01:00:00.000Z'],
    ['not on other days', night, '2026-01-18T23:30:00Z', 'closed'],
  ])('%s', (_, window, at, expected) => {
    expect(closes(window, at)).toBe(expected)
  })

  test.each([
    [{ ...berlin, from: '2:30' }, "from '2:30' is no time of day"],
    [{ ...berlin, to: '24:00' }, "to '24:00' is no time of day"],
    [{ ...berlin, timeZone: 'Berlin' }, "there is no time zone 'Berlin'"],
    [{ ...berlin, to: '02:30' }, 'the same'],
    [{ ...berlin, days: [] }, 'days is empty'],
  ])('%o is refused', (window, problem) => {
    expect(windowProblem(window)).toContain(problem)
  })
})
