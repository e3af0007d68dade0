import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
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
import { round, table } from './rig/figures.ts'

// What a checkpoint of 100,000 and of 1,000,000 cells takes: in all, at a time, to read back, and in memory. Run it with
// --expose-gc.

const SLICE = 1000
const START = 1_790_000_000_000_000

await checkpoints()

/** Checkpoints of a rule with so many keys, while events go on. */
async function checkpoints(): Promise<void> {
  const rows = []
  for (const cells of [100_000, 1_000_000]) rows.push(await checkpoint(cells))
  table('checkpoints', rows)
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
