import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run, scratch } from '../real/processes.ts'
import { ROOT, snippetsOf } from './pages.ts'

/**
 * A directory with the files of a page beside the shipped `config/`, in which imports resolve as in the repository.
 * `change` may put other values into what stands on the page, such as a port.
 */
export async function treeOf(page: string, change = (code: string) => code): Promise<string> {
  const tree = await scratch()
  symlinkSync(`${ROOT}node_modules`, join(tree, 'node_modules'))
  const shipped = [
    'package.json',
    'tsconfig.json',
    'config/destinations.ts',
    'config/weir.config.ts',
    'config/rules',
  ]
  for (const path of shipped) {
    cpSync(`${ROOT}${path}`, join(tree, path), {
      recursive: true,
      filter: (file) => !file.endsWith('.test.ts'),
    })
  }
  for (const { file, code } of snippetsOf(page)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), change(code))
  }
  // The examples of an application stand beside config/.
  writeFileSync(
    join(tree, 'tsconfig.json'),
    JSON.stringify({ extends: `${ROOT}tsconfig.json`, include: ['**/*.ts'], exclude: ['node_modules'] }),
  )
  return tree
}

/** What TypeScript finds in the tree; what it finds in the packages themselves is for `npm run types` to tell. */
export async function typeErrors(tree: string): Promise<readonly string[]> {
  const tsc = run(process.execPath, [`${ROOT}node_modules/.bin/tsc`, '-p', '.'], { cwd: tree })
  const { code } = await tsc.exit
  const errors = tsc
    .output()
    .split('\n')
    .filter((line) => / error TS\d+: /.test(line))
  if (code !== 0 && errors.length === 0) throw new Error(tsc.output())
  return errors.filter((line) => !line.startsWith('..'))
}
