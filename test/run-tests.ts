import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Counts, countTests } from './counts.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs an npm script of the repository and gives its exit code. */
export function npm(args: readonly string[]): number {
  const { status, signal, error } = spawnSync('npm', ['run', '--silent', ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (error !== undefined) console.error(error.message)
  if (signal !== null) console.error(`ended by ${signal}`)
  return status ?? 1
}

/** Runs vitest with these arguments and counts the tests. */
export function runTests(args: readonly string[]): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-report-'))
  const file = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const status = npm(['unit', '--', ...reporters, ...args])
    return countTests(readReport(file), status)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
