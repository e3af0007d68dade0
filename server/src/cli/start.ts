import { existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DrivenWall } from '../clock/driven.ts'
import { machineWall } from '../clock/wall.ts'
import type { Config } from '../config.ts'
import { messageOf, WeirError } from '../errors.ts'
import { microsOfIso } from '../ingest/iso-time.ts'
import { inConfig, isOfRules, load } from '../loader.ts'
import { type ProcessOptions, startHub } from '../main.ts'
import { admitDrivenClock, refuseDrivenData } from './driven-clock.ts'
import { parseOptions } from './options.ts'
import { type FileWatch, watchFiles } from './watch-files.ts'

const HELP = `weir start: run the hub

  --config FILE   the configuration (default config/weir.config.ts, or WEIR_CONFIG)
  --data DIR      where journal and alerts are kept (default data, or WEIR_DATA)
  --clock driven  time stands until it is moved over clock.sock in the data directory: for tests of a whole hub in
                  accelerated time. Asks for WEIR_TEST_CLOCK=1, loopback listeners and data that is new or so driven
  --time TIME     where driven time begins (default 2026-01-01T00:00:00Z, or where it ended)

  --watch         reload when a file beside or below the configuration changes, or one that it imports from elsewhere

Environment: SLACK_WEBHOOK_URL (else messages go to the log), WEIR_TOKEN (opens the listener for what comes through
a proxy or stunnel, and is asked for there).
SIGTERM and SIGINT stop it: what was accepted is finished, then it exits with 0. SIGHUP reloads the rules.
`

/** Runs until a signal stops it. */
export async function start(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      clock: { type: 'string' },
      time: { type: 'string' },
      watch: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const log = (line: string) => process.stdout.write(`${line}\n`)
  // A signal that nobody has asked for ends the process; one that comes too early waits until there is a hub.
  let askedEarly = false
  let reload = () => {
    askedEarly = true
  }
  process.on('SIGHUP', () => reload())
  const file = values.config ?? process.env.WEIR_CONFIG ?? 'config/weir.config.ts'
  const { config, ruleSet } = await load(file)
  let watch: FileWatch | undefined
  const data = values.data ?? process.env.WEIR_DATA ?? 'data'
  const time = timeOf(values.clock, values.time, config, data)
  const page = await builtPage(log)
  const hub = await startHub({
    config,
    ruleSet,
    load: async () => {
      const loaded = await load(file)
      watch?.follow(loaded.ruleSet.files)
      return loaded
    },
    data,
    page,
    token: process.env.WEIR_TOKEN === '' ? undefined : process.env.WEIR_TOKEN,
    ...time,
    random: Math.random,
    fetch: globalThis.fetch,
    log,
  }).catch((error: unknown) => {
    throw isOfRules(error) ? inConfig(error, file) : error
  })
  reload = () => {
    hub
      .reload()
      .catch((error: unknown) =>
        log(`reload: nothing has changed: ${messageOf(isOfRules(error) ? inConfig(error, file) : error)}`),
      )
  }
  if (askedEarly) reload()
  if (values.watch === true) {
    watch = watchFiles({ file, wall: machineWall, changed: () => reload(), log })
    watch.follow(ruleSet.files)
  }
  const signal = await new Promise<string>((resolve) => {
    // A second signal, which a service manager may send as well, does not cut the stop short.
    for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => resolve(name))
  })
  watch?.close()
  log(`${signal}: stopping`)
  await hub.stop()
  log('stopped; everything accepted is in the journal')
  return 0
}

/** The clock that is asked for; throws where it can't be had. */
function timeOf(
  clock: string | undefined,
  time: string | undefined,
  { listen }: Config,
  data: string,
): Pick<ProcessOptions, 'wall' | 'checkpointBytes' | 'checkpointSlice'> {
  if (clock === undefined) {
    if (time !== undefined) throw new WeirError('WEIR_USAGE', { problem: '--time goes with --clock driven' })
    refuseDrivenData(data)
    return { wall: machineWall }
  }
  if (clock !== 'driven')
    throw new WeirError('WEIR_USAGE', { problem: `there is no clock '${clock}'; see --help` })
  const start = time === undefined ? 0 : microsOfIso(time)
  if (start === undefined)
    throw new WeirError('WEIR_USAGE', { problem: `--time ${time}: write it as 2026-01-01T00:00:00Z` })
  admitDrivenClock({ listen, data, env: process.env })
  const { WEIR_CHECKPOINT_BYTES: bytes, WEIR_CHECKPOINT_SLICE: slice } = process.env
  return {
    wall: new DrivenWall(start),
    checkpointBytes: bytes === undefined ? undefined : Number(bytes),
    checkpointSlice: slice === undefined ? undefined : Number(slice),
  }
}

/** The folder of the built page. A package has it beside the code; in the tree it is built first when it is missing or older than its sources. */
async function builtPage(log: (line: string) => void): Promise<string> {
  const packed = fileURLToPath(new URL('../page', import.meta.url))
  if (existsSync(packed)) return packed
  const dashboard = fileURLToPath(new URL('../../../dashboard', import.meta.url))
  const built = join(dashboard, 'dist')
  const entry = join(built, 'index.html')
  if (!existsSync(join(dashboard, 'vite.config.ts'))) return built
  const sources = globSync(['src/**/*', 'public/**/*', 'index.html', 'vite.config.ts'], { cwd: dashboard })
  const newest = Math.max(...sources.map((source) => statSync(join(dashboard, source)).mtimeMs))
  if (existsSync(entry) && statSync(entry).mtimeMs >= newest) return built
  log('building the page ...')
  try {
    await buildPage(dashboard, built)
  } catch (error) {
    log(`the page could not be built, the hub shows the last one, if any: ${messageOf(error)}`)
  }
  return built
}

/** Puts the page there whole, as other hubs of this tree may build or serve it at the same time. */
async function buildPage(dashboard: string, built: string): Promise<void> {
  const fresh = join(dashboard, 'node_modules', `.page-${process.pid}`)
  try {
    const { build } = await import('vite')
    await build({ root: dashboard, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } })
    rmSync(built, { recursive: true, force: true })
    if (!existsSync(built)) renameSync(fresh, built)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
