import { expect, test } from 'vitest'
import { DRIVEN_START, DrivenWall } from './driven.ts'

const settled = async () => {}

test('time stands until it is moved; timers run in order, each at its own moment', async () => {
  const wall = new DrivenWall(1_000_000)
  const told: string[] = []
  const tell = (what: string) => () => told.push(`${what} at ${wall.now()}`)
  wall.after(20, tell('second'))
  wall.after(10, tell('first'))
  wall.after(20, tell('third'))
  wall.after(21, tell('never'))
  const cancel = wall.after(15, tell('cancelled'))
  cancel()
  expect([wall.now(), told]).toEqual([1_000_000, []])
  await wall.advance(1_020_000, settled)
  expect(told).toEqual(['first at 1010000', 'second at 1020000', 'third at 1020000'])
  await wall.advance(1_020_500, settled)
  expect(wall.now()).toBe(1_020_500)
})

test('a timer that sets the next one runs as often as time allows', async () => {
  const wall = new DrivenWall(0)
  let ticks = 0
  const tick = () => {
    ticks += 1
    wall.after(100, tick)
  }
  wall.after(100, tick)
  await wall.advance(60_000_000, settled)
  expect(ticks).toBe(600)
})

test('time goes on only when what a moment began is done', async () => {
  const wall = new DrivenWall(0)
  const told: string[] = []
  let pending = 0
  for (const ms of [1, 1, 2]) {
    wall.after(ms, () => {
      pending += 1
    })
  }
  await wall.advance(3_000, async () => {
    told.push(`${wall.now()}: ${pending}`)
    await new Promise(setImmediate)
    pending = 0
  })
  expect(told).toEqual(['0: 0', '1000: 2', '2000: 1'])
})

test('what is set for the present moment runs in that moment, after the others were settled', async () => {
  const wall = new DrivenWall(0)
  const told: string[] = []
  wall.after(1, () => {
    told.push('first')
    wall.after(0, () => told.push(`again at ${wall.now()}`))
  })
  await wall.advance(1_000, async () => void told.push('settled'))
  expect(told).toEqual(['settled', 'first', 'settled', 'again at 1000', 'settled'])
})

test.each([
  { start: undefined, ended: 0, now: DRIVEN_START },
  { start: 0, ended: 0, now: DRIVEN_START },
  { start: 0, ended: 500, now: 500 },
  { start: 700, ended: 500, now: 700 },
  { start: 300, ended: 500, now: 500 },
])('begun at $start where an earlier run ended at $ended, it is $now', ({ start, ended, now }) => {
  const wall = new DrivenWall(start)
  wall.goOnFrom(ended)
  expect(wall.now()).toBe(now)
})
