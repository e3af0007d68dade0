import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEvent } from 'weir-protocol'
import { Checkpoint, type CheckpointLine, loadFold } from '../../server/src/checkpoint.ts'
import { Fold } from '../../server/src/fold.ts'
import { CheckpointFile, readCheckpoint } from '../../server/src/journal/checkpoint-file.ts'
import { rule } from '../../server/src/rules/rule.ts'
import { by } from '../../server/src/streams/by.ts'
import { severity } from '../../server/src/streams/severity.ts'
import { below } from '../../server/src/streams/threshold.ts'

// How a hub comes back: whether it replays at least as fast as it took the events in, and what a checkpoint of 100,000
// and of 1,000,000 cells takes: in all, at a time, to read back, and in memory. Run it with --expose-gc.

const ROOT = new URL('../..', import.meta.url).pathname
/** Less than after which a checkpoint would be written, so that the whole of it is replayed. */
const EVENTS = 800_000
const SLICE = 1000
const START = 1_790_000_000_000_000

await replay()
await checkpoints()

/** A hub in a process of its own takes events from a sender in another; then it is killed and starts again. */
async function replay(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    writeFileSync(
      join(dir, 'weir.config.ts'),
      `
import { config } from 'weir-hub'
import { diskFull } from '${ROOT}config/rules/disk.ts'
import { hostDown } from '${ROOT}config/rules/host.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'
export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: false },
  rules: [indexAll, diskFull, hostDown],
})
`,
    )
    const hub = await startHub(dir)
    const port = /for events on 127\.0\.0\.1:(\d+)/.exec(hub.output())?.[1] ?? ''
    const load = [join(ROOT, 'test/load.ts'), '--port', port]
    spawnSync(process.execPath, [...load, '--events', '100000'])
    const { stdout } = spawnSync(process.execPath, [...load, '--events', String(EVENTS)], {
      encoding: 'utf8',
    })
    const { events, seconds } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    await hub.kill()
    const again = await startHub(dir)
    const [, replayed = '', took = ''] =
      /with (\d+) events in ((?:\d+(?:ms|s|m) ?)+)/.exec(again.output()) ?? []
    await again.kill()
    const replaySeconds = [...took.matchAll(/(\d+)(ms|s|m)/g)].reduce(
      (sum, [, number, unit]) => sum + Number(number) * (unit === 'ms' ? 0.001 : unit === 's' ? 1 : 60),
      0,
    )
    console.table([
      {
        what: 'taken in over TCP',
        events,
        seconds: round(seconds, 2),
        'events a second': round(events / seconds, 0),
      },
      {
        what: 'replayed after kill -9',
        events: Number(replayed),
        seconds: round(replaySeconds, 2),
        'events a second': round(Number(replayed) / replaySeconds, 0),
      },
    ])
  } finally {
    rmSync(dir, { recursive: true })
  }
}

async function startHub(dir: string) {
  const child = spawn(
    process.execPath,
    [
      ...[join(ROOT, 'server/src/cli/weir.ts'), 'start', '--config', join(dir, 'weir.config.ts')],
      ...['--data', join(dir, 'data')],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLACK_WEBHOOK_URL: '', WEIR_TOKEN: '' } },
  )
  let output = ''
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/^ready$/m.test(output)) resolve()
    })
    child.on('exit', () => reject(new Error(`the hub ended:\n${output}`)))
  })
  return {
    output: () => output,
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

/** Checkpoints of a rule with so many keys, while events go on. */
async function checkpoints(): Promise<void> {
  const rows = []
  for (const cells of [100_000, 1_000_000]) rows.push(await checkpoint(cells))
  console.table(rows)
}

async function checkpoint(cells: number) {
  const dir = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    const bare = memory()
    const fold = newFold()
    let n = 0
    const feed = (count: number) => {
      const events = Array.from({ length: count }, () => {
        n += 1
        return makeEvent({ host: `host-${n % cells}`, service: 'df', metric: n % 20, time: START, ttl: 3600 })
      })
      fold.begin(fold.position + 1)
      fold.advance(START + n)
      fold.events(events)
    }
    while (n < cells) feed(1000)
    const held = memory() - bare

    const file = new CheckpointFile(dir, fold.position)
    const pauses: number[] = []
    const pause = (run: () => void) => {
      const began = process.hrtime.bigint()
      run()
      pauses.push(Number(process.hrtime.bigint() - began) / 1e6)
    }
    const began = process.hrtime.bigint()
    let saving: Checkpoint | undefined
    pause(() => {
      saving = new Checkpoint(fold, (line) => file.write(line))
    })
    let done = false
    while (!done) {
      pause(() => {
        done = saving?.advance(SLICE) ?? true
      })
      // What comes in meanwhile is copied before it changes.
      feed(10)
      await new Promise(setImmediate)
    }
    await file.finish()
    const total = Number(process.hrtime.bigint() - began) / 1e9
    const [name = ''] = readdirSync(dir)
    const megabytes = statSync(join(dir, name)).size / 1e6

    const before = memory()
    const restoring = process.hrtime.bigint()
    const again = newFold()
    const read = readCheckpoint(dir, console.log)
    // The file has just been written from such lines.
    if (read !== undefined) loadFold(again, read.lines as Iterable<CheckpointLine>)
    const restored = Number(process.hrtime.bigint() - restoring) / 1e9
    const groups = again.engine.counters.groups
    if (groups !== cells) throw new Error(`${groups} groups were restored`)
    return {
      cells,
      'MB in memory': round(held / 1e6, 0),
      'MB on disk': round(megabytes, 0),
      'seconds in all': round(total, 2),
      'worst pause, ms': round(Math.max(...pauses), 1),
      '99 % of pauses, ms': round(pauses.toSorted((a, b) => a - b)[Math.floor(pauses.length * 0.99)] ?? 0, 1),
      'seconds to restore': round(restored, 2),
      'MB restored': round((memory() - before) / 1e6, 0),
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function newFold(): Fold {
  const full = severity({ critical: below(5), warning: below(10) }, { for: '5m', clearFor: '5m' })
  return new Fold({ rules: [rule('disk', { stream: by('host', full) })], name: 'bench', report: console.log })
}

function memory(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
