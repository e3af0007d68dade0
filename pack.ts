// Compiles a package for npm, as its `prepack` and `postpack`; all of them:
//   npm run pack
// In the tree the packages are TypeScript, which Node runs as it is, but not below node_modules. So for the moment of
// packing, package.json names what is compiled in dist/ instead.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { argv, cwd, execPath, exit } from 'node:process'

interface Packing {
  /** What runs it: packages for applications run on Node 20, the hub on the Node that it brings. */
  readonly compiler: { readonly target: string; readonly lib: readonly string[] }
  /** Packages of ours that it imports, compiled before it. */
  readonly needs: readonly string[]
  /** Files that it is given besides, by their places in the tree. */
  readonly extra: Readonly<Record<string, string>>
  /** It has the page, and the pinned Node. */
  readonly hub?: boolean
}

const FOR_APPLICATIONS = { target: 'es2022', lib: ['es2023', 'es2024.string'] }
const PACKINGS: Readonly<Record<string, Packing>> = {
  protocol: { compiler: FOR_APPLICATIONS, needs: [], extra: { LICENSE: 'LICENSE' } },
  'clients/node': {
    compiler: FOR_APPLICATIONS,
    needs: ['protocol'],
    extra: { LICENSE: 'LICENSE', 'README.md': 'docs/client.md' },
  },
  server: {
    compiler: { target: 'es2024', lib: ['es2024', 'esnext'] },
    needs: ['protocol', 'clients/node'],
    extra: { LICENSE: 'LICENSE', 'README.md': 'README.md' },
    hub: true,
  },
}

const root = import.meta.dirname
const here = relative(root, cwd())
const packing = packingOf(here)
const manifest = join(root, here, 'package.json')
const kept = join(root, here, '.package.json')

restore()
if (argv[2] !== '--restore') {
  for (const folder of [...packing.needs, here]) compile(folder)
  if (packing.hub)
    run(join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', '../server/dist/page')
  const source = readFileSync(manifest, 'utf8')
  renameSync(manifest, kept)
  writeFileSync(manifest, manifestOf(source))
  for (const [name, from] of Object.entries(packing.extra))
    copyFileSync(join(root, from), join(root, here, name))
}

function packingOf(folder: string): Packing {
  const found = PACKINGS[folder]
  if (found === undefined) throw new Error(`${folder} is no package that is packed`)
  return found
}

/** Takes back what a packing, or one that was interrupted, has put there. */
function restore(): void {
  if (!existsSync(kept)) return
  renameSync(kept, manifest)
  for (const name of Object.keys(packing.extra)) rmSync(join(root, here, name), { force: true })
}

function manifestOf(source: string): string {
  const compiled = source.replace(
    /"\.\/src\/(.+)\.ts"/g,
    (_, path) => `{ "types": "./dist/${path}.d.ts", "default": "./dist/${path}.js" }`,
  )
  if (!packing.hub) return compiled
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return JSON.stringify({ ...JSON.parse(compiled), optionalDependencies }, null, 2)
}

function compile(folder: string): void {
  const { compiler, needs } = packingOf(folder)
  const home = join(root, folder)
  rmSync(join(home, 'dist'), { recursive: true, force: true })
  const config = join(home, '.tsconfig.pack.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      include: ['src'],
      exclude: ['**/*.test.ts', '**/*.fixture.ts'],
      compilerOptions: {
        ...compiler,
        rootDir: 'src',
        outDir: 'dist',
        noEmit: false,
        allowJs: true,
        declaration: true,
        rewriteRelativeImportExtensions: true,
        // What it imports of ours is seen as it is packed.
        paths: Object.fromEntries(needs.flatMap(declarationsOf)),
      },
    }),
  )
  run(join(root, 'node_modules/typescript/bin/tsc'), '-p', config)
  rmSync(config)
  // TypeScript leaves imports as they are in declarations.
  for (const name of globSync('dist/**/*.d.ts', { cwd: home })) {
    const file = join(home, name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(['"]\.{1,2}\/[^'"\n]+)\.ts(['"])/g, '$1.js$2'))
  }
}

/** Where TypeScript finds what a compiled package exports, by the names under which it is imported. */
function declarationsOf(folder: string): readonly (readonly [string, readonly string[]])[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return Object.entries<string>(exports).map(([entry, source]) => [
    entry.replace('.', name),
    [join(root, folder, source.replace('./src/', 'dist/').replace(/\.ts$/, '.d.ts'))],
  ])
}

/** Runs a program of Node's; npm's own output is for the name of the package alone. */
function run(program: string, ...args: readonly string[]): void {
  const folder = program.includes('vite') ? join(root, 'dashboard') : root
  const { status } = spawnSync(execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) exit(1)
}
