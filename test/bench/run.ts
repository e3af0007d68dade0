// What `npm run bench -- NAME…` runs: each bench in a process of its own. Without a name it lists them. `NAME:PART` runs a
// part of it; `--json` prints one object a bench, for machines.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const here = import.meta.dirname
const known = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => basename(file, '.ts'))
const json = process.argv.includes('--json')
const names = process.argv.slice(2).filter((word) => word !== '--json')
const unknown = names.filter((name) => !known.includes(name.split(':')[0] ?? ''))
if (names.length === 0 || unknown.length > 0) {
  const wrong = unknown.length > 0 ? `no bench '${unknown.join("', '")}'; ` : ''
  console.log(`${wrong}the benches are: ${known.join(', ')}`)
  process.exitCode = unknown.length > 0 ? 2 : 0
} else {
  for (const name of names) {
    const [bench, ...parts] = name.split(':')
    if (!json) console.log(`\n== ${name}`)
    const args = ['--expose-gc', join(here, `${bench}.ts`), ...parts, ...(json ? ['--json'] : [])]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
