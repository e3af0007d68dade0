// What `npm run bench -- NAME…` runs: each bench in a process of its own. Without a name it lists them.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const here = import.meta.dirname
const known = readdirSync(here)
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'run')
const names = process.argv.slice(2)
const unknown = names.filter((name) => !known.includes(name))
if (names.length === 0 || unknown.length > 0) {
  const wrong = unknown.length > 0 ? `no bench '${unknown.join("', '")}'; ` : ''
  console.log(`${wrong}the benches are: ${known.join(', ')}`)
  process.exitCode = unknown.length > 0 ? 2 : 0
} else {
  for (const name of names) {
    console.log(`\n== ${name}`)
    const { status } = spawnSync(process.execPath, ['--expose-gc', join(here, `${name}.ts`)], {
      stdio: 'inherit',
    })
    if (status !== 0) process.exitCode = 1
  }
}
