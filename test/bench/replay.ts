import { cpuSeconds } from './rig/cpu.ts'
import { median, millions, round, table } from './rig/figures.ts'
import { withRig } from './rig/processes.ts'
import { ratio } from './rig/turns.ts'

// Whether a hub replays at least as fast as it took the events in: it takes some seconds of a load, is killed before its
// first checkpoint, and starts again. Per second of the clock, and per second of the processor in its main thread, in which
// the replay is charged with the whole start.

const ROUNDS = Number(process.env.WEIR_ROUNDS ?? 3)

await withRig(async (rig) => {
  const live: Rates[] = []
  const replayed: Rates[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const dir = rig.dir()
    const hub = await rig.hub({ dir })
    const { eventsPerSecond, mainBusy = Number.NaN } = await rig.generator.send(hub, {
      transport: 'tcp',
      batch: 100,
      keys: 4_000,
      connections: 4,
      ahead: 8,
      warmUp: 1,
      seconds: 2,
    })
    await hub.kill('SIGKILL')
    live.push({ wall: eventsPerSecond, cpu: eventsPerSecond / mainBusy })
    const again = await rig.hub({ dir })
    const [, events = '', took = ''] =
      /with (\d+) events in ((?:\d+(?:ms|s|m) ?)+)/.exec(again.output()) ?? []
    const cpu = cpuSeconds(`${again.pid}/task/${again.pid}`) ?? Number.NaN
    replayed.push({ wall: Number(events) / secondsOf(took), cpu: Number(events) / cpu })
    await again.kill('SIGKILL')
  }
  table(
    'replay',
    Object.entries({ 'taken in over TCP': live, 'replayed after kill -9': replayed }).map(
      ([what, rates]) => ({
        what,
        'events/s': millions(median(rates.map(({ wall }) => wall))),
        '× taken in': round(ratio(rates, live, ({ wall }) => wall)),
        'events/CPU s': millions(median(rates.map(({ cpu }) => cpu))),
        'CPU × taken in': round(ratio(rates, live, ({ cpu }) => cpu)),
      }),
    ),
  )
})

interface Rates {
  readonly wall: number
  readonly cpu: number
}

/** Of a text such as `1s 20ms`. */
function secondsOf(text: string): number {
  const units = { ms: 0.001, s: 1, m: 60 }
  return [...text.matchAll(/(\d+)(ms|s|m)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * units[unit === 'ms' || unit === 's' ? unit : 'm'],
    0,
  )
}
