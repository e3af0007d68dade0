import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { encodeFrame } from 'weir-protocol'
import { median, round, table } from './rig/figures.ts'
import { messages, OK } from './rig/load.ts'
import { withRig } from './rig/processes.ts'

// How long it takes from when the process is started until the first event is acknowledged, in an empty directory; beside
// it a Node that does nothing.

const ROUNDS = Number(process.env.WEIR_ROUNDS ?? 7)
const [event = OK] = messages({ batch: 1, keys: 1 }).map(encodeFrame)

await withRig(async (rig) => {
  const bare: number[] = []
  const first: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await timed(async () => spawnSync(process.execPath, ['--eval', '0'])))
    first.push(
      await timed(async () => {
        const { port } = await rig.hub()
        const socket = connect(port, '127.0.0.1')
        socket.write(event)
        await once(socket, 'data')
        socket.destroy()
      }),
    )
    await rig.killAll()
  }
  table('start', [
    { what: 'Node alone', 'seconds, median': round(median(bare)), worst: round(Math.max(...bare)) },
    {
      what: 'the first event is acknowledged',
      'seconds, median': round(median(first)),
      worst: round(Math.max(...first)),
    },
  ])
})

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return (performance.now() - began) / 1e3
}
