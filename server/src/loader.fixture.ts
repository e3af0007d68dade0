import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { messageOf } from './errors.ts'
import { load } from './loader.ts'
import { RuleSets } from './rule-sets.ts'
import { bareRuleSet, type RuleSet } from './rules/rule-set.ts'

/** What came of loading a configuration, as plain data. */
export interface LoadedThere {
  readonly hash: string
  readonly entry: string
  /** The names of the rules. */
  readonly rules: readonly string[]
  readonly fingerprints: Readonly<Record<string, string>>
  /** The contents of the files by their paths. */
  readonly files: Readonly<Record<string, string>>
  /** What the configuration's modules put into `globalThis.said`. */
  readonly said: unknown
  /** In place of all others, where it does not load. */
  readonly error?: { readonly code: unknown; readonly message: string }
}

/** What came of loading the rule sets that are kept: the names of their rules by their hashes, and what the log says. */
export interface EarlierThere {
  readonly earlier: Readonly<Record<string, readonly string[]>>
  readonly log: readonly string[]
}

type Request =
  | { readonly load: string; readonly home?: string | undefined }
  | { readonly earlier: string; readonly now: string }

/** Loads configurations in a process of its own, where Node alone loads modules: vitest brings a loader, too. */
export class OtherProcess {
  readonly #child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  readonly #answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]()

  load(file: string, home?: string): Promise<LoadedThere> {
    return this.#ask({ load: file, home })
  }

  /** Those that are kept in a directory, but that of this hash. */
  earlier(dir: string, now: string): Promise<EarlierThere> {
    return this.#ask({ earlier: dir, now })
  }

  close(): void {
    this.#child.kill()
  }

  async #ask(request: Request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value = '{}' } = await this.#answers.next()
    return JSON.parse(value)
  }
}

async function loaded(file: string, home?: string) {
  const said: unknown[] = []
  Object.assign(globalThis, { said })
  try {
    const { ruleSet } = await (home === undefined ? load(file) : load(file, home))
    const { hash, entry, fingerprints, files } = ruleSet
    return {
      ...{ hash, entry, said, rules: rulesOf(ruleSet) },
      ...{ fingerprints: Object.fromEntries(fingerprints), files: Object.fromEntries(files) },
    }
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
    return { error: { code, message: messageOf(error) } }
  }
}

async function earlier(dir: string, hash: string): Promise<EarlierThere> {
  const log: string[] = []
  const sets = new RuleSets(
    dir,
    () => 0,
    (line) => log.push(line),
  )
  const found = await sets.earlier({ ...bareRuleSet([]), hash })
  return { earlier: Object.fromEntries([...found].map(([name, set]) => [name, rulesOf(set)])), log }
}

function rulesOf({ rules }: RuleSet): readonly string[] {
  return rules.map(({ name }) => name)
}

if (import.meta.main) {
  for await (const line of createInterface(process.stdin)) {
    const request: Request = JSON.parse(line)
    const answer =
      'load' in request
        ? await loaded(request.load, request.home)
        : await earlier(request.earlier, request.now)
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}
