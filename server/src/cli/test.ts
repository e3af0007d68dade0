import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { Fold } from '../fold.ts'
import { inConfig, isOfRules, load } from '../loader.ts'
import { readSeen, SEEN_VARIABLE, type Seen } from '../testing/seen.ts'
import { needed } from './installed.ts'
import { parseOptions } from './options.ts'
import { table } from './table.ts'

const HELP = `weir test: run the tests of a configuration's rules, and tell which rules they never saw fire or resolve

  --coverage      end with 1 when a rule with an alert() was never seen to fire, or never to resolve
  --config FILE   the configuration (default config/weir.config.ts, or WEIR_CONFIG); the tests are all *.test.ts
                  in its folder and below
`

/** The configuration is loaded first, then vitest runs the tests in its folder, then it is told what they saw. */
export async function test(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      config: { type: 'string' },
      coverage: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const file = values.config ?? process.env.WEIR_CONFIG ?? 'config/weir.config.ts'
  const rules = await rulesWithAlerts(file)
  const home = dirname(realpathSync(file))
  const [vitest = ''] = needed(['vitest'], home)
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
  try {
    const record = join(folder, 'seen')
    writeFileSync(record, '')
    const passed = await runTests(vitest, home, record)
    const { text, missing } = coverage(rules, readSeen(record))
    process.stdout.write(text)
    return passed && !(values.coverage === true && missing) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A table of the rules, and whether in any of them something was never seen. */
function coverage(
  rules: readonly string[],
  seen: Seen,
): { readonly text: string; readonly missing: boolean } {
  const rows = rules.map((rule) => [
    rule,
    ...['firing', 'resolved'].map((kind) => (seen.get(rule)?.has(kind) === true ? kind : `never ${kind}`)),
  ])
  const lacking = rows.filter((row) => row.some((cell) => cell.startsWith('never '))).length
  const sum =
    lacking === 0
      ? `all ${rules.length} rules were seen firing and resolved\n`
      : `${lacking} of ${rules.length} rules were never seen firing, or never resolved\n`
  return {
    text: table(rows, '') + (rules.length === 0 ? 'no rule has an alert()\n' : sum),
    missing: lacking > 0,
  }
}

async function rulesWithAlerts(file: string): Promise<readonly string[]> {
  const { config } = await load(file)
  try {
    const { engine } = new Fold({ rules: config.rules, name: config.name, report: () => {} })
    return engine.rules.filter(({ alerts }) => alerts.size > 0).map(({ name }) => name)
  } catch (error) {
    throw isOfRules(error) ? inConfig(error, file) : error
  }
}

/** Whether all tests passed; what vitest says goes to where the command's own output goes. */
async function runTests(vitest: string, folder: string, record: string): Promise<boolean> {
  // A filter that is a whole path must be the beginning of a test's path.
  const child = spawn(process.execPath, [join(vitest, 'vitest.mjs'), 'run', folder + sep], {
    stdio: 'inherit',
    cwd: projectOf(folder),
    env: { ...process.env, [SEEN_VARIABLE]: record },
  })
  const [code] = await once(child, 'exit')
  return code === 0
}

/** The nearest folder of a package, whose settings of vitest hold; else the folder itself. */
function projectOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at
    if (at === dirname(at)) return folder
  }
}
