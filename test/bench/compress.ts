import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { encodeMsg, makeEvent } from 'weir-protocol'
import { openJournal } from '../../server/src/journal/journal.ts'

// What compressing old segments of the journal gives and takes: messages of twenty events, as hosts send them.

const MESSAGES = 80_000

const dir = mkdtempSync(join(tmpdir(), 'weir-bench-compress-'))
try {
  const journal = openJournal({ dir })
  for (let n = 0; n < MESSAGES; n++) {
    const events = Array.from({ length: 20 }, (_, service) =>
      makeEvent({
        host: `web-${n % 500}`,
        service: `plugin-${service}/percent-${service % 4}`,
        metric: Math.round(1e4 * Math.random()) / 100,
        time: 1_790_000_000_000_000 + 1000 * n,
        ttl: 20,
      }),
    )
    journal.append([{ arrival: n, kind: 'msg', bytes: encodeMsg({ events }) }])
  }
  journal.close()
  const again = openJournal({ dir })
  const before = again.bytes
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = process.hrtime.bigint()
  const files = await again.compress(MESSAGES)
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  delay.disable()
  const reading = process.hrtime.bigint()
  let count = 0
  for (const { bytes } of again.read()) count += Math.min(1, bytes.length)
  const read = Number(process.hrtime.bigint() - reading) / 1e9
  console.table([
    {
      files,
      MB: Math.round(before / 1e6),
      'MB compressed': Math.round(again.bytes / 1e6),
      'MB a second': Math.round(before / 1e6 / seconds),
      'worst pause of the hub, ms': Number((delay.max / 1e6 - 1).toFixed(1)),
      'records read a second': Math.round(count / read),
    },
  ])
} finally {
  rmSync(dir, { recursive: true })
}
