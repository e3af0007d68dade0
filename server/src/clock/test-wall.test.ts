import { expect, test } from 'vitest'
import { TestWall } from './test-wall.ts'

test('timers run in the order of their due times, then of their setting, each at its own moment', async () => {
  const wall = new TestWall()
  const seen: string[] = []
  const note = (name: string) => () => void seen.push(`${wall.since()} s ${name}`)
  wall.after(2_000, note('b'))
  wall.after(1_000, note('a'))
  wall.after(2_000, note('c'))
  wall.after(3_000, note('later'))
  await wall.advance(2_999)
  expect(seen).toEqual(['1 s a', '2 s b', '2 s c'])
  expect([wall.since(), wall.timers]).toEqual([2.999, 1])
})

test('a cancelled timer does not run, not even when the timer before it at the same moment cancels it', async () => {
  const wall = new TestWall()
  const seen: string[] = []
  wall.after(1, () => cancel())
  const cancel = wall.after(1, () => void seen.push('cancelled'))
  await wall.advance(10)
  expect(seen).toEqual([])
})

test('what promises set while the time moves runs in the same advance', async () => {
  const wall = new TestWall()
  const seen: number[] = []
  const sleep = (ms: number) => new Promise<void>((resolve) => void wall.after(ms, resolve))
  const loop = async () => {
    for (let round = 0; round < 3; round++) {
      await sleep(1_000)
      seen.push(wall.since())
    }
  }
  const done = loop()
  await wall.advance(2_500)
  expect(seen).toEqual([1, 2])
  await wall.advance(500)
  await done
  expect(seen).toEqual([1, 2, 3])
})

test('a jump moves the time and no timer', async () => {
  const wall = new TestWall()
  const seen: number[] = []
  wall.after(1_000, () => void seen.push(wall.since()))
  wall.jump(3_600_000)
  expect(wall.since()).toBe(3_600)
  await wall.advance(999)
  expect(seen).toEqual([])
  wall.jump(-7_200_000)
  await wall.advance(1)
  expect(seen).toEqual([-3_599])
})
