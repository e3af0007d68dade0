// Compiles a package for npm, as its `prepack` and `postpack`:
//   npm run pack
// In the tree the packages are TypeScript, which Node runs as it is, but not below node_modules. So for the moment of
// packing, package.json names what is compiled in dist/ instead.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { argv, cwd, execPath, exit } from 'node:process'

const root = import.meta.dirname
const here = cwd()
const manifest = join(here, 'package.json')
const kept = join(here, '.package.json')
/** What a package is given besides, by its path in the tree. */
const EXTRA: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  protocol: { LICENSE: 'LICENSE' },
  'clients/node': { LICENSE: 'LICENSE', 'README.md': 'docs/client.md' },
}
const extra = EXTRA[relative(root, here)] ?? {}

restore()
if (argv[2] !== '--restore') {
  // What it imports of ours is looked at as it is packed, too.
  if (here !== join(root, 'protocol')) compile(join(root, 'protocol'))
  compile(here)
  const source = readFileSync(manifest, 'utf8')
  renameSync(manifest, kept)
  writeFileSync(manifest, source.replace(/"\.\/src\/(.+)\.ts"/g, compiled))
  for (const [name, from] of Object.entries(extra)) copyFileSync(join(root, from), join(here, name))
}

/** Takes back what a packing, or one that was interrupted, has put there. */
function restore(): void {
  if (!existsSync(kept)) return
  renameSync(kept, manifest)
  for (const name of Object.keys(extra)) rmSync(join(here, name), { force: true })
}

function compiled(_: string, path: string): string {
  return `{ "types": "./dist/${path}.d.ts", "default": "./dist/${path}.js" }`
}

function compile(folder: string): void {
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
  const config = join(folder, '.tsconfig.pack.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: relative(dirname(config), join(root, 'tsconfig.json')),
      include: ['src'],
      exclude: ['**/*.test.ts', '**/*.fixture.ts'],
      compilerOptions: {
        // Packages for other people run on Node 20, too.
        target: 'es2022',
        lib: ['es2023', 'es2024.string'],
        rootDir: 'src',
        outDir: 'dist',
        noEmit: false,
        allowJs: true,
        declaration: true,
        rewriteRelativeImportExtensions: true,
        paths: { 'weir-protocol': [join(root, 'protocol/dist/index.d.ts')] },
      },
    }),
  )
  const { status } = spawnSync(execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: ['ignore', 2, 2],
  })
  rmSync(config)
  if (status !== 0) exit(1)
  // TypeScript leaves them as they are in declarations.
  for (const name of readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(folder, 'dist', name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(['"]\.{1,2}\/[^'"\n]+)\.ts(['"])/g, '$1.js$2'))
  }
}
