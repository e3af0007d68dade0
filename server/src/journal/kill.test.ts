import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { opened, temporaryDirectory } from './journal.fixture.ts'

/** Appends batches without end and prints the position after each, once it is safe. */
const PROGRAM = `
  const { openJournal } = await import(${JSON.stringify(new URL('./journal.ts', import.meta.url).href)})
  const { writeSync } = await import('node:fs')
  const journal = openJournal({ dir: process.argv[1], segmentBytes: 2_000_000 })
  for (;;) {
    const batch = Array.from({ length: 1 + (journal.next % 400) }, (_, i) => {
      const bytes = Buffer.alloc(500)
      bytes.writeDoubleLE(journal.next + i)
      return { arrival: journal.next + i, kind: 'msg', bytes }
    })
    journal.append(batch)
    writeSync(1, (journal.next - 1) + '\\n')
  }`

test('what was appended before kill -9 is there, whole and in order, again and again', async () => {
  const dir = temporaryDirectory()
  let killed = 0
  for (const lines of [1, 20, 50, 90]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let appended = 0
    let heard = 0
    for await (const line of createInterface(child.stdout)) {
      appended = Number(line)
      heard += 1
      if (heard === lines) child.kill('SIGKILL')
    }
    expect((await exited)[1]).toBe('SIGKILL')
    expect(appended).toBeGreaterThan(killed)

    const journal = opened({ dir })
    let position = 0
    for (const record of journal.read()) {
      position += 1
      expect(record.position === position && record.arrival === position).toBe(true)
      expect(Buffer.from(record.bytes).readDoubleLE()).toBe(position)
    }
    expect(position).toBeGreaterThanOrEqual(appended)
    expect(journal.report.damage).toEqual([])
    journal.close()
    killed = appended
  }
})
