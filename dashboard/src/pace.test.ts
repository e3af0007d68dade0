import { expect, test } from 'vitest'
import { atMostEvery } from './pace.ts'
import { virtualClock } from './testing/virtual-clock.ts'

test('a burst runs at once and once more when the time is over', () => {
  const clock = virtualClock(0)
  const ran: number[] = []
  const ask = atMostEvery(1000, clock, () => ran.push(clock.now()))

  for (const gap of [0, 10, 10, 1500, 400, 5000]) {
    clock.pass(gap)
    ask()
  }
  clock.pass(10_000)

  expect(ran).toEqual([0, 1000, 2000, 6920])
})
