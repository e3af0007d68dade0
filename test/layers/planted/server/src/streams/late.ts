import { setTimeout as pause } from 'node:timers/promises' // planted: clock
import { hrtime } from 'node:process' // planted: clock
import { performance as stopwatch } from 'node:perf_hooks' // planted: clock

export const readings = [
  Date.now(), // planted: clock
  Date['now'](), // planted: clock
  new Date(), // planted: clock
  Date(), // planted: clock
  globalThis.Date, // planted: clock
  performance.now(), // planted: clock
  performance?.timeOrigin, // planted: clock
  process.hrtime.bigint(), // planted: clock
  process.uptime(), // planted: clock
  setTimeout(() => {}, 1), // planted: clock
  setInterval(() => {}, 1), // planted: clock
  setImmediate(() => {}), // planted: clock
  window.setTimeout(() => {}, 1), // planted: clock
  AbortSignal.timeout(1), // planted: clock
  [1].map(Date.now), // planted: clock
]
const { now } = Date // planted: clock
export const timers = { setTimeout } // planted: clock

export const used = [pause, hrtime, stopwatch, now]
