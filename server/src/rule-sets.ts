import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { z } from 'zod'
import { messageOf } from './errors.ts'
import { load } from './loader.ts'
import type { RuleSet } from './rules/rule-set.ts'

/**
 * How many rule sets are kept besides those that a replay from a checkpoint needs: where no checkpoint can be read, the
 * whole journal is replayed, and these are of use.
 */
const KEPT = 10
const MANIFEST = 'rule-set.json'
const DRAFT = '.draft'

const manifestSchema = z.object({ entry: z.string(), home: z.string() })

/**
 * The files of each rule set that was in force, by their hash, in the data directory: records of the journal are
 * replayed under the rules that they came in under.
 */
export class RuleSets {
  readonly #dir: string
  readonly #now: () => number
  readonly #log: (line: string) => void
  /** The hash of the one kept last: it is put in force next, or just was. */
  #latest: string | undefined

  /** `now` gives microseconds. */
  constructor(dir: string, now: () => number, log: (line: string) => void) {
    this.#dir = dir
    this.#now = now
    this.#log = log
  }

  /**
   * Keeps the files of a rule set that is put in force. Where that can't be done, as on a full disk, the log says so: the
   * rules are in force all the same.
   */
  keep({ hash, entry, files }: RuleSet): void {
    if (files.size === 0) return
    this.#latest = hash
    const kept = join(this.#dir, hash)
    const draft = kept + DRAFT
    try {
      if (!existsSync(join(kept, MANIFEST))) {
        rmSync(kept, { recursive: true, force: true })
        copyTo(draft, entry, files)
        renameSync(draft, kept)
      }
      const now = this.#now() / 1e6
      utimesSync(kept, now, now)
      this.#removeDrafts()
    } catch (error) {
      this.#log(`the rules could not be kept in ${kept}: ${messageOf(error)}`)
      try {
        rmSync(draft, { recursive: true, force: true })
      } catch {
        // On a disk that can only be read there is none.
      }
    }
  }

  /** All rule sets that are kept but that of now, loaded from their files; one that can't be is told to the log. */
  async earlier(now: RuleSet): Promise<ReadonlyMap<string, RuleSet>> {
    const sets = new Map<string, RuleSet>()
    for (const { name: hash } of this.#kept()) {
      if (hash === now.hash) continue
      const kept = join(this.#dir, hash)
      try {
        const { entry, home } = manifestSchema.parse(JSON.parse(readFileSync(join(kept, MANIFEST), 'utf8')))
        sets.set(hash, { ...(await load(join(kept, entry), home)).ruleSet, hash })
      } catch (error) {
        this.#log(`earlier rules in ${kept} can't be loaded: ${messageOf(error)}`)
      }
    }
    return sets
  }

  /**
   * Removes those that are not `needed`, but for the one kept last and the ten that were put in force the last before it.
   */
  prune(needed: ReadonlySet<string>): void {
    try {
      const others = this.#kept().filter(({ name }) => !needed.has(name) && name !== this.#latest)
      for (const { name } of others.toSorted((a, b) => b.time - a.time).slice(KEPT))
        rmSync(join(this.#dir, name), { recursive: true, force: true })
    } catch (error) {
      this.#log(`earlier rules in ${this.#dir} can't be removed: ${messageOf(error)}`)
    }
  }

  /** What killed processes left half written. */
  #removeDrafts(): void {
    for (const name of readdirSync(this.#dir).filter((name) => name.endsWith(DRAFT)))
      rmSync(join(this.#dir, name), { recursive: true, force: true })
  }

  #kept(): { readonly name: string; readonly time: number }[] {
    if (!existsSync(this.#dir)) return []
    const names = readdirSync(this.#dir).filter((name) => !name.endsWith(DRAFT))
    return names.map((name) => ({ name, time: statSync(join(this.#dir, name)).mtimeMs }))
  }
}

/** Copies files into a folder, as they stand to each other, and notes which is the configuration. */
function copyTo(folder: string, entry: string, files: RuleSet['files']): void {
  rmSync(folder, { recursive: true, force: true })
  const root = commonFolder([...files.keys()])
  for (const [file, text] of files) {
    const copy = join(folder, 'files', relative(root, file))
    mkdirSync(dirname(copy), { recursive: true })
    writeFileSync(copy, text)
  }
  const manifest = { entry: join('files', relative(root, entry)), home: entry }
  writeFileSync(join(folder, MANIFEST), JSON.stringify(manifest))
}

function commonFolder(files: readonly string[]): string {
  const [first = '', ...others] = files.map((file) => dirname(file).split(sep))
  if (first === '') return ''
  let length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && first[same] === other[same]) same += 1
    length = same
  }
  return first.slice(0, length).join(sep) || sep
}
