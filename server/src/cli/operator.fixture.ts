import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { listenLines } from '../api/line-socket.ts'
import { machineWall } from '../clock/wall.ts'
import { weir } from './commands.ts'

/** 2026-11-22 04:00:00 UTC, in microseconds: when the commands of a test are run. */
export const NOW = Date.UTC(2026, 10, 22, 4) * 1000

/** What became of a command: how it ended, what it printed, and what it asked the hub. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly asked: readonly unknown[]
}

/** Runs `weir ARGS --data DIR` beside a hub that answers everything with this. */
export async function weirWith(answer: unknown, ...args: readonly string[]): Promise<Ran> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-cli-'))
  const asked: unknown[] = []
  const socket = await listenLines(join(dir, 'weir.sock'), async (request) => {
    asked.push(request)
    return answer
  })
  let out = ''
  let err = ''
  vi.spyOn(machineWall, 'now').mockReturnValue(NOW)
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
  try {
    const code = await weir([...args, '--data', dir])
    return { code, out, err: err.replaceAll(dir, 'data'), asked }
  } finally {
    vi.restoreAllMocks()
    await socket.close()
    rmSync(dir, { recursive: true })
  }
}
