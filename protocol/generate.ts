/**
 * Writes `riemann.js` and `riemann.d.ts`, made by protobufjs from `riemann.proto`, into a directory:
 * `node protocol/generate.ts [dir]`, by default `protocol/src`.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)

/** Of all that protobufjs can generate, only encode and decode: what nobody calls is left out. */
const PBJS = [
  ...['--target', 'static-module', '--wrap', 'esm', '--root', 'weir', '--null-semantics'],
  ...['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
]

/** Generates both files into `dir`. The types are taken from the JSDoc of a commented copy, thrown away afterwards. */
export function generate(dir: string): void {
  const work = mkdtempSync(join(tmpdir(), 'weir-generate-'))
  try {
    const commented = join(work, 'riemann.js')
    run('pbjs', [...PBJS, '--out', commented, join(here, 'riemann.proto')])
    run('pbts', ['--out', join(dir, 'riemann.d.ts'), commented])
    run('pbjs', [...PBJS, '--no-comments', '--out', join(dir, 'riemann.js'), join(here, 'riemann.proto')])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function run(command: 'pbjs' | 'pbts', args: readonly string[]): void {
  execFileSync(process.execPath, [require.resolve(`protobufjs-cli/bin/${command}`), ...args], {
    stdio: 'inherit',
  })
}

if (import.meta.main) generate(process.argv[2] ?? join(here, 'src'))
