import { median, millions, round, table } from './rig/figures.ts'
import { withRig } from './rig/processes.ts'
import { ratio } from './rig/turns.ts'

// Whether a hub replays at least as fast as it took the events in: it takes some seconds of a load, is killed before its
// first checkpoint, and starts again.

const ROUNDS = Number(process.env.WEIR_ROUNDS ?? 3)

await withRig(async (rig) => {
  const live: number[] = []
  const replayed: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const dir = rig.dir()
    const hub = await rig.hub({ dir })
    const { eventsPerSecond } = await rig.generator.send(hub, {
      transport: 'tcp',
      batch: 100,
      keys: 4_000,
      connections: 4,
      ahead: 8,
      warmUp: 1,
      seconds: 2,
    })
    await hub.kill('SIGKILL')
    live.push(eventsPerSecond)
    const again = await rig.hub({ dir })
    const [, events = '', took = ''] =
      /with (\d+) events in ((?:\d+(?:ms|s|m) ?)+)/.exec(again.output()) ?? []
    replayed.push(Number(events) / secondsOf(took))
    await again.kill('SIGKILL')
  }
  table('replay', [
    { what: 'taken in over TCP', 'events/s': millions(median(live)) },
    {
      what: 'replayed after kill -9',
      'events/s': millions(median(replayed)),
      '× taken in': round(ratio(replayed, live, (rate) => rate)),
    },
  ])
})

/** Of a text such as `1s 20ms`. */
function secondsOf(text: string): number {
  const units = { ms: 0.001, s: 1, m: 60 }
  return [...text.matchAll(/(\d+)(ms|s|m)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * units[unit === 'ms' || unit === 's' ? unit : 'm'],
    0,
  )
}
