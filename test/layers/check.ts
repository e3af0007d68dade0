// Says where the source breaks the rules about who may import whom and who may read the time; exit code 1 if anywhere.
//   node test/layers/check.ts [ROOT]
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RULES, type Source, violations } from './rules.ts'
import { usesOf } from './source.ts'

const FOLDERS = '{protocol,server,clients/node,dashboard,config}/**/*.{ts,tsx,js}'
const LEFT_OUT = /(^|\/)(node_modules|dist)\/|\.(test|fixture)\.tsx?$|\.d\.ts$|^protocol\/src\/riemann\.js$/

/** The source files below `root` that the rules are about: what ships, not its tests. */
export function sourcesBelow(root: string): readonly Source[] {
  return globSync(FOLDERS, { cwd: root, exclude: (name) => /^(node_modules|dist)$/.test(name) })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !LEFT_OUT.test(file))
    .sort()
    .map((file) => ({ file, uses: usesOf(file, readFileSync(join(root, file), 'utf8')) }))
}

if (import.meta.main) {
  const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url))
  const sources = sourcesBelow(root)
  const found = violations(sources)
  for (const { file, line, rule, why } of found)
    console.log(`${file}:${line}: ${why} (${rule}: ${RULES[rule]})`)
  console.log(`layers: ${sources.length} files, ${found.length} violations`)
  process.exitCode = found.length > 0 || sources.length === 0 ? 1 : 0
}
