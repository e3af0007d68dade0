import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '../../server/src/journal/journal.ts'

// How many records a second the journal takes and gives back: 100 bytes each, a hundred to a batch, no fsync.

const BATCHES = 20_000
const BATCH = 100
const BYTES = 100

const dir = mkdtempSync(join(tmpdir(), 'weir-bench-journal-'))
try {
  const journal = openJournal({ dir })
  const bytes = new Uint8Array(BYTES).fill(120)
  report('append', () => {
    for (let batch = 0; batch < BATCHES; batch += 1) {
      journal.append(
        Array.from({ length: BATCH }, (_, i) => ({ arrival: batch * BATCH + i, kind: 'msg', bytes })),
      )
    }
    return BATCHES * BATCH
  })
  for (const _ of [1, 2, 3]) {
    report('read', () => {
      let count = 0
      for (const record of journal.read()) if (record.bytes.length === BYTES) count += 1
      return count
    })
  }
  journal.close()
} finally {
  rmSync(dir, { recursive: true })
}

function report(what: string, run: () => number): void {
  const began = process.hrtime.bigint()
  const count = run()
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  console.log(`${what.padEnd(6)} ${count} records, ${(count / seconds / 1e6).toFixed(2)} M/s`)
}
