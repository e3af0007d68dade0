import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Loaded } from '../loader.ts'
import { spellPlace } from '../rules/place.ts'
import { placeOf, type Rule } from '../rules/rule.ts'

/**
 * What stands in the folders of a configuration and does not run, in a line each: rules that were declared and are not
 * listed in it, and files that declare rules and that nothing imports. It may be meant so; more often it was forgotten.
 */
export function unusedRules({ config, ruleSet }: Loaded, declared: readonly Rule[]): readonly string[] {
  const unlisted = declared
    .filter((rule) => !config.rules.includes(rule))
    .map((rule) => {
      const place = placeOf(rule)
      return `${place === undefined ? '' : `${spellPlace(place)}: `}rule '${rule.name}' does not run: it is not in the rules of the configuration`
    })
  // Where other files of it stand; not all below, which may be a whole project.
  const folders = new Set([...ruleSet.files.keys()].map(dirname))
  folders.add(join(dirname(ruleSet.entry), 'rules'))
  const forgotten = [...folders]
    .flatMap((folder) => globSync('*.{ts,mts,js,mjs}', { cwd: folder }).map((name) => join(folder, name)))
    .filter((file) => !/\.(test|spec|d)\.\w+$/.test(file) && !ruleSet.files.has(file))
    .filter((file) => declaresRules(readFileSync(file, 'utf8')))
    .toSorted()
    .map((file) => `${relative(process.cwd(), file)}: its rules do not run: nothing imports it`)
  return [...unlisted, ...forgotten]
}

function declaresRules(text: string): boolean {
  return /\bimport\s*\{[^}]*\brule\b[^}]*\}\s*from\s*['"]weir-hub['"]/.test(text)
}
