import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Config } from './config.ts'
import { messageOf, WeirError } from './errors.ts'
import { filesOf, type Rule } from './rules/rule.ts'
import type { RuleSet } from './rules/rule-set.ts'

/** A configuration and its rules. */
export interface Loaded {
  readonly config: Config
  readonly ruleSet: RuleSet
}

/** Imports of these, wherever the configuration stands, give the running hub's own instances. */
const OURS = /^(weir-hub|weir-client|weir-protocol|rxjs)(\/|$)/
/** Marks the addresses of the modules of one loading, so that a file that has changed is loaded afresh, its imports too. */
const MARK = 'weir-loading'

interface Loading {
  /** The local files that each local file imports. */
  readonly imports: Map<string, Set<string>>
  /** What stood in each of them when it was loaded; it may be another text on disk by now. */
  readonly texts: Map<string, string>
  /** From where packages are imported that can't be found from where a file stands. */
  readonly home: string | undefined
}

/** Those that have not come to their end. */
const loadings = new Map<string, Loading>()
let count = 0
let hooked = false

/**
 * Imports a configuration afresh. Throws WEIR_CONFIG_MISSING or WEIR_CONFIG_INVALID, with file and line where the file
 * itself does not load.
 *
 * A file whose packages are found elsewhere (a copy of a configuration) names that place with `home`.
 */
export async function load(file: string, home?: string): Promise<Loaded> {
  const asked = resolve(file)
  if (!existsSync(asked)) throw new WeirError('WEIR_CONFIG_MISSING', { file })
  // Imports are resolved from where a link leads, and so is what is kept of them.
  const entry = realpathSync(asked)
  hook()
  count += 1
  const mark = String(count)
  const loading: Loading = { imports: new Map([[entry, new Set()]]), texts: new Map(), home }
  loadings.set(mark, loading)
  let loaded: unknown
  try {
    loaded = await import(`${pathToFileURL(entry).href}?${MARK}=${mark}`)
  } catch (error) {
    throw inConfig(error, file)
  } finally {
    loadings.delete(mark)
  }
  const exported =
    typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined
  if (!isConfig(exported)) {
    throw new WeirError('WEIR_CONFIG_INVALID', {
      file,
      problem: 'has no default export made by config(); write: export default config({ rules: [...] })',
    })
  }
  return { config: exported, ruleSet: ruleSetOf(exported.rules, entry, loading) }
}

/**
 * What is wrong with a configuration, as WEIR_CONFIG_INVALID: with the file and line where `error` or what caused it was
 * thrown, as far as stacks tell, else with `file`.
 */
export function inConfig(error: unknown, file: string): WeirError {
  const values = { file: placeOfError(error) ?? file, problem: `${messageOf(error)}${hintOf(error)}` }
  return new WeirError('WEIR_CONFIG_INVALID', values, { cause: error })
}

/** What to write where an import names no file, but one nearly so: as bundlers would find it, or TypeScript. */
function hintOf(error: unknown): string {
  const address = error instanceof Error && 'url' in error ? error.url : undefined
  if (typeof address !== 'string' || !address.startsWith('file:')) return ''
  const path = fileURLToPath(new URL(new URL(address).pathname, address))
  const found = [`${path}.ts`, path.replace(/\.js$/, '.ts'), join(path, 'index.ts')].find(isFile)
  return found === undefined ? '' : `; the file is ${basename(found)}: an import names it with its ending`
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Whether a rule is wrong, which only shows when its operators are put together. */
export function isOfRules(error: unknown): boolean {
  return error instanceof WeirError && error.code === 'WEIR_RULE_INVALID'
}

function hook(): void {
  if (hooked) return
  hooked = true
  registerHooks({
    resolve(specifier, context, next) {
      if (OURS.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url })
      const { parentURL } = context
      const mark =
        parentURL === undefined || !URL.canParse(parentURL) ? null : new URL(parentURL).searchParams.get(MARK)
      if (parentURL === undefined || mark === null) return next(specifier, context)
      const loading = loadings.get(mark)
      const found = resolveFrom(specifier, context, next, loading?.home)
      if (!found.url.startsWith('file:') || found.url.includes('/node_modules/')) return found
      const url = new URL(found.url)
      const child = fileURLToPath(new URL(url.pathname, url))
      const parent = fileURLToPath(new URL(new URL(parentURL).pathname, parentURL))
      if (loading !== undefined) {
        loading.imports.set(parent, (loading.imports.get(parent) ?? new Set()).add(child))
        if (!loading.imports.has(child)) loading.imports.set(child, new Set())
      }
      url.searchParams.set(MARK, mark)
      return { ...found, url: url.href }
    },
    load(address, context, next) {
      const mark = URL.canParse(address) ? new URL(address).searchParams.get(MARK) : null
      // What `npm init` writes has "type": "commonjs"; a configuration is of ES modules all the same.
      const typed = mark !== null && new URL(address).pathname.endsWith('.ts')
      const loaded = next(address, typed ? { ...context, format: 'module-typescript' } : context)
      const loading = mark === null ? undefined : loadings.get(mark)
      if (loading !== undefined && loaded.source != null) {
        const url = new URL(address)
        loading.texts.set(fileURLToPath(new URL(url.pathname, url)), textOf(loaded.source))
      }
      return loaded
    },
  })
}

type Resolve = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>
type Context = Parameters<Resolve>[1]
type Next = Parameters<Resolve>[2]

function resolveFrom(
  specifier: string,
  context: Context,
  next: Next,
  home: string | undefined,
): ReturnType<Next> {
  try {
    return next(specifier, context)
  } catch (error) {
    if (home === undefined || /^[./]|^file:/.test(specifier)) throw error
    return next(specifier, { ...context, parentURL: pathToFileURL(home).href })
  }
}

function ruleSetOf(rules: readonly Rule[], entry: string, { imports, texts }: Loading): RuleSet {
  const names = [...imports.keys()].toSorted()
  const files = new Map(names.map((file) => [file, texts.get(file) ?? readFileSync(file, 'utf8')]))
  const fingerprints = new Map<string, string>()
  for (const rule of rules) {
    const declared = filesOf(rule).filter((file) => URL.canParse(file))
    const own = declared.map((file) => fileURLToPath(new URL(new URL(file).pathname, file)))
    const contents = [...reachable(own, imports)].map((name) => files.get(name) ?? '')
    if (contents.length > 0) fingerprints.set(rule.name, hashOf([rule.name, ...contents]))
  }
  return { hash: hashOf([...files.values()]), rules, fingerprints, entry, files }
}

/** Of the files those that were loaded, and all local files that these import, directly or not, in the order of the imports. */
function reachable(
  files: readonly string[],
  imports: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const found = new Set(files.filter((file) => imports.has(file)))
  for (const next of found) for (const child of imports.get(next) ?? []) found.add(child)
  return found
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}

function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length}\n`).update(text)
  return hash.digest('hex').slice(0, 32)
}

function isConfig(value: unknown): value is Config {
  return (
    typeof value === 'object' && value !== null && 'rules' in value && 'listen' in value && 'journal' in value
  )
}

/** The first place outside of the hub where the error was thrown; that of its cause before its own. */
function placeOfError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const inner = placeOfError(error.cause)
  if (inner !== undefined) return inner
  for (const line of (error.stack ?? '').split('\n')) {
    const place = /(?:file:\/\/)?(\/[^\s()?]+\.[cm]?[jt]s)(?:\?[^\s():]*)?:(\d+)(?::\d+)?\)?$/.exec(
      line.trim(),
    )
    const [, path = '', row] = place ?? []
    if (place !== null && !/\/(server\/src|node_modules)\//.test(path)) return `${path}:${row}`
  }
  return undefined
}
