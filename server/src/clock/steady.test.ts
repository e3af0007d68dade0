import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SteadyClock } from './steady.ts'
import { TestWall } from './test-wall.ts'

const START = 1_000_000_000_000
const HOUR = 3_600_000

/** A clock on a wall, looked at ten times a second, in seconds since the start. */
function rig() {
  const wall = new TestWall(START)
  const said: number[] = []
  const clock = new SteadyClock(wall, (ahead) => said.push(ahead / 1e6))
  clock.startFrom(START)
  const seconds = () => (clock.now() - START) / 1e6
  return {
    wall,
    clock,
    said,
    seconds,
    /** Lets so many seconds pass, and tells the time. */
    async pass(count: number) {
      for (let n = 0; n < count * 10; n++) {
        await wall.advance(100)
        clock.now()
      }
      return seconds()
    },
  }
}

test('it is that of the machine, also when that is set forward', async () => {
  const { wall, seconds, pass, said, clock } = rig()
  expect(seconds()).toBe(0)
  expect(await pass(5)).toBe(5)
  wall.jump(HOUR)
  expect(seconds()).toBe(3605)
  expect([said, clock.ahead]).toEqual([[], 0])
})

test('it stands while the machine makes up for a second or less', async () => {
  const { wall, seconds, pass, said } = rig()
  wall.jump(-1000)
  expect(seconds()).toBe(0)
  expect(await pass(0.9)).toBe(0)
  expect(await pass(1.1)).toBe(1)
  expect(said).toEqual([])
})

test('set back by an hour, it goes on, a little slower, until the machine has caught up', async () => {
  const { wall, seconds, pass, said, clock } = rig()
  wall.jump(-HOUR)
  expect(seconds()).toBe(0)
  expect(said).toEqual([3600])
  expect(await pass(100)).toBeCloseTo(90, 5)
  wall.jump(-HOUR)
  expect(seconds()).toBeCloseTo(90, 5)
  expect(said).toEqual([3600, expect.closeTo(7190, 5)])
  expect(await pass(100)).toBeCloseTo(180, 5)
  expect(clock.ahead / 1e6).toBeCloseTo(7180, 5)
})

test('put right again, it goes on from where it is, as fast as ever', async () => {
  const { wall, seconds, pass, said, clock } = rig()
  wall.jump(-HOUR)
  await pass(100)
  wall.jump(HOUR)
  const now = seconds()
  expect(now).toBeCloseTo(100, 5)
  expect(clock.ahead).toBe(0)
  expect(await pass(10)).toBeCloseTo(110, 5)
  expect(said).toEqual([3599.9, 0])
})

test('it begins after what has been, wherever the clock of the machine stands', async () => {
  const { clock, said, seconds, pass } = rig()
  clock.startFrom(START + 86_400e6)
  expect([seconds(), said]).toEqual([86_400, [86_400]])
  expect(await pass(10)).toBeCloseTo(86_409, 5)
  const late = rig()
  late.clock.startFrom(START - 5e6)
  expect([late.seconds(), late.said]).toEqual([0, []])
})

test('whatever the clock of the machine does, it never goes back, and never stands for more than a second', () => {
  const step = fc.record({
    jump: fc.oneof(fc.constant(0), fc.integer({ min: -HOUR, max: HOUR })),
    ms: fc.nat(100),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let machine = START
      const clock = new SteadyClock({ now: () => machine, after: () => () => {} }, () => {})
      let last = clock.now()
      for (const { jump, ms } of steps) {
        machine += jump * 1000
        expect(clock.now()).toBeGreaterThanOrEqual(last)
        last = clock.now()
        for (let n = 0; n < 20; n++) {
          machine += ms * 1000
          clock.now()
        }
        expect(clock.now() - last).toBeGreaterThanOrEqual(0.9 * 20 * ms * 1000 - 1_000_001)
        expect(clock.now()).toBeGreaterThanOrEqual(machine)
        last = clock.now()
      }
    }),
  )
})
