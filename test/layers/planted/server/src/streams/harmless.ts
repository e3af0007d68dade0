import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { setTimeout as Pause } from 'node:timers/promises'

// Date.now() and setTimeout() in a comment,
export const text = 'Date.now() and new Date() in a string'
export const template = `performance.now() ${text}`
export const pattern = /setTimeout(Date.now())/
export const parsed = [new Date(0), new Date('2026-01-01'), Date.parse('2026-01-01'), Date.UTC(2026)]
export const isDate = (value: unknown): value is Date => value instanceof Date
export interface Wall {
  setTimeout(run: () => void): void
  performance: typeof performance
}
export class Fake {
  setTimeout = (run: () => void) => run()
  setInterval(): void {}
}
export const use = (wall: Wall, fake: Fake, pause: typeof Pause) => {
  wall.setTimeout(() => {})
  fake.setTimeout(() => {})
  return { setTimeout: pause, performance: 1, monitorEventLoopDelay }
}
