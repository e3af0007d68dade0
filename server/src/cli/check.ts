import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WeirError } from '../errors.ts'
import { Fold } from '../fold.ts'
import { inConfig, isOfRules, load } from '../loader.ts'
import { destinationsOf } from '../outputs/destinations.ts'
import { spellPlace } from '../rules/place.ts'
import { placeOf, rulesDeclaredBy } from '../rules/rule.ts'
import type { Run } from '../rules/run.ts'
import { mustLookBack, volatileLine } from '../rules/volatile.ts'
import { needed } from './installed.ts'
import { parseOptions } from './options.ts'
import { unusedRules } from './unused-rules.ts'

const HELP = `weir check: check a configuration and its rules, with types

  --config FILE   the configuration (default config/weir.config.ts, or WEIR_CONFIG)
  --no-types      leave the types out: needs no TypeScript, and finds less

Prints FILE:LINE and what is wrong there: types, what an operator refuses, destinations that are none, runbooks of
which there is no file. Exit code 1 when anything is. Rules in its folder that do not run are only told.
`

/** Types first, then the file is loaded and its rules are built. */
export async function check(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      config: { type: 'string' },
      'no-types': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const file = values.config ?? process.env.WEIR_CONFIG ?? 'config/weir.config.ts'
  if (!existsSync(file)) throw new WeirError('WEIR_CONFIG_MISSING', { file })
  const problems = values['no-types'] === true ? [] : typeErrors(resolve(file))
  if (problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n`)
    return 1
  }
  const [loaded, declared] = await rulesDeclaredBy(() => load(file))
  const { config } = loaded
  try {
    const { engine, volatile } = new Fold({ rules: config.rules, name: config.name, report: () => {} })
    mustLookBack(engine.runs)
    destinationsOf(engine.targets)
    const missing = engine.runs.flatMap((run) => missingRunbooks(run, file))
    if (missing.length > 0) {
      process.stderr.write(`${missing.join('\n')}\n`)
      return 1
    }
    for (const { name } of engine.rules) {
      const uncertain = volatile.find(({ rule }) => rule === name)
      process.stdout.write(`${uncertain === undefined ? `rule '${name}'` : volatileLine(uncertain)}\n`)
    }
    const count = engine.rules.length
    for (const line of unusedRules(loaded, declared)) process.stdout.write(`${line}\n`)
    process.stdout.write(`${file}: ${count === 1 ? '1 rule' : `${count} rules`}, no problems\n`)
    return 0
  } catch (error) {
    throw isOfRules(error) ? inConfig(error, file) : error
  }
}

/** The runbooks of a rule that are paths and of which there is no file, seen from here or from the configuration. */
function missingRunbooks({ rule, counters }: Run, config: string): string[] {
  const place = placeOf(rule)
  const where = place === undefined ? config : spellPlace(place)
  const folders = ['.', dirname(config), dirname(dirname(resolve(config)))]
  return [...counters.alerts]
    .flatMap(({ runbook }) => runbook ?? [])
    .filter(
      (runbook) => !URL.canParse(runbook) && !folders.some((from) => existsSync(resolve(from, runbook))),
    )
    .map((runbook) => `${where}: rule '${rule.name}': runbook: there is no file ${runbook}`)
}

/** What TypeScript finds in the configuration and the files that it imports, as `FILE:LINE:COLUMN: problem`. */
function typeErrors(file: string): string[] {
  const without = ', or leave the types out with --no-types'
  const [typescript = '', nodeTypes = ''] = needed(['typescript', '@types/node'], dirname(file), without)
  const folder = mkdtempSync(join(tmpdir(), 'weir-check-'))
  try {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(projectOf(file, dirname(nodeTypes))))
    const ran = spawnSync(
      process.execPath,
      [join(typescript, 'bin/tsc'), '--pretty', 'false', '-p', folder],
      {
        encoding: 'utf8',
        cwd: folder,
      },
    )
    return ran.stdout.split('\n').flatMap((line) => {
      const found = /^(.+?)\((\d+),(\d+)\): error \w+: (.*)$/.exec(line)
      if (found === null) return /^\s+\S/.test(line) ? [line] : /^error /.test(line) ? [line] : []
      const [, name = '', row, column, problem] = found
      return [`${relative(process.cwd(), resolve(folder, name))}:${row}:${column}: ${problem}`]
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A project of this one file. What it imports of ours is what the hub runs, wherever the file stands. */
function projectOf(file: string, typeRoot: string): object {
  const here = createRequire(import.meta.url)
  // A package has declarations beside the compiled code.
  const types = import.meta.url.endsWith('.ts') ? '.ts' : '.d.ts'
  const ours = (path: string) => [fileURLToPath(new URL(path, import.meta.url))]
  const rxjs = join(dirname(here.resolve('rxjs/package.json')), 'dist/types')
  return {
    files: [file],
    compilerOptions: {
      noEmit: true,
      strict: true,
      target: 'es2024',
      // What the pinned Node has, and the hub's own sources use.
      lib: ['es2024', 'esnext'],
      // Not nodenext: outside of a package, TypeScript would take a file for CommonJS where Node looks at its syntax.
      module: 'esnext',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      skipLibCheck: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      types: ['node'],
      typeRoots: [typeRoot],
      paths: {
        'weir-hub': ours(`../index${types}`),
        'weir-hub/testing': ours(`../testing/index${types}`),
        rxjs: [join(rxjs, 'index.d.ts')],
        'rxjs/operators': [join(rxjs, 'operators/index.d.ts')],
      },
    },
  }
}
