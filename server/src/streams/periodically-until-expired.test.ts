import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { periodicallyUntilExpired } from './periodically-until-expired.ts'

const tick = (now: number) => `tick ${now / SECOND}`

// When it begins, goes on and ends is told in ticking.test.ts.
describe('periodicallyUntilExpired', () => {
  test('hands on what `make` gives, every second at once from the first event on', () => {
    const input = [sent(2, 2), sent(5, 5, { state: 'expired' }), sent(10, 10)]
    expect(outOf(periodicallyUntilExpired(tick), input, 11)).toEqual(
      [2, 3, 4, 5, 10, 11].map((second) => `${second}: tick ${second}`),
    )
  })

  test('a throw costs that one', () => {
    const fragile = (now: number) => {
      if (now === 4 * SECOND) throw new Error('four')
      return tick(now)
    }
    expect(outOf(periodicallyUntilExpired(fragile, { interval: '2s' }), [sent(2, 2)], 6)).toEqual([
      '2: tick 2',
      '6: tick 6',
      "rule 'rule 1', periodicallyUntilExpired: four",
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a' }), sent(3, 3, { host: 'b' })]
    expect(outByHost(periodicallyUntilExpired(tick, { interval: 4, delay: 4 }), input, 9)).toEqual([
      '5: tick 5',
      '7: tick 7',
      '9: tick 9',
    ])
  })

  test('wrong durations are refused', () => {
    expect(() => periodicallyUntilExpired(tick, { interval: 0 })).toThrow("'0' is not a duration")
    expect(() => periodicallyUntilExpired(tick, { delay: -1 })).toThrow("'-1' is not a duration")
  })
})
