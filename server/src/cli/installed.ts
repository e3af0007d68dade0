import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { WeirError } from '../errors.ts'

/** The folder of a package: of the configuration's project, else of the hub's own; undefined where neither has it. */
function installed(name: string, folder: string): string | undefined {
  for (const from of [resolve(folder, 'x.js'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`))
    } catch {
      // The next one.
    }
  }
  return undefined
}

/**
 * The folders of packages that a command needs and the hub itself does without, in the same order. Throws WEIR_USAGE,
 * which says how to install what is missing; `otherwise` is what else can be done.
 */
export function needed(names: readonly string[], folder: string, otherwise = ''): readonly string[] {
  const found = names.map((name) => installed(name, folder))
  const missing = names.filter((_, n) => found[n] === undefined)
  if (missing.length > 0) {
    const problem = `needs ${missing.join(' and ')}: npm install --save-dev ${missing.join(' ')}${otherwise}`
    throw new WeirError('WEIR_USAGE', { problem })
  }
  return found.flatMap((at) => at ?? [])
}
