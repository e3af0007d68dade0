import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { Loaded } from '../loader.ts'
import { spellPlace } from '../rules/place.ts'
import { placeOf, type Rule } from '../rules/rule.ts'

/**
 * What stands in a configuration's folder and does not run, in a line each: rules that were declared and are not listed
 * in it, and files that declare rules and that nothing imports. It may be meant so; it is more often forgotten.
 */
export function unusedRules({ config, ruleSet }: Loaded, declared: readonly Rule[]): readonly string[] {
  const unlisted = declared
    .filter((rule) => !config.rules.includes(rule))
    .map((rule) => {
      const place = placeOf(rule)
      return `${place === undefined ? '' : `${spellPlace(place)}: `}rule '${rule.name}' does not run: it is not in the rules of the configuration`
    })
  const folder = dirname(ruleSet.entry)
  const forgotten = globSync('**/*.{ts,mts,js,mjs}', { cwd: folder, exclude: ['**/node_modules/**'] })
    .filter((name) => !/\.(test|spec|d)\.\w+$/.test(name))
    .map((name) => resolve(folder, name))
    .filter((file) => !ruleSet.files.has(file) && declaresRules(readFileSync(file, 'utf8')))
    .toSorted()
    .map((file) => `${relative(process.cwd(), file)}: its rules do not run: nothing imports it`)
  return [...unlisted, ...forgotten]
}

function declaresRules(text: string): boolean {
  return /\bimport\s*\{[^}]*\brule\b[^}]*\}\s*from\s*['"]weir-hub['"]/.test(text)
}
