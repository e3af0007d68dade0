import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const PAGE = `${ROOT}docs/operators.md`

/** The text of docs/operators.md: the docstring of each function that `weir-hub` exports from its operators. */
export function operatorsPage(): string {
  const exported = readFileSync(`${ROOT}server/src/index.ts`, 'utf8')
  const parts = [...exported.matchAll(/^export \{([^}]+)\} from '\.\/(streams\/[\w-]+\.ts)'/gm)].flatMap(
    ([, names = '', file = '']) => {
      const source = readFileSync(`${ROOT}server/src/${file}`, 'utf8')
      return names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => ({ name, text: docstring(source, name) }))
    },
  )
  const sections = parts
    .filter(({ text }) => text !== '')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, text }) => `## ${name}\n\n${text}\n`)
  return `# Operators, each with its exact meaning\n\nMade of the sources by \`npm run docs\`. [Rules](rules.md#the-operators) has them in one table, by what they do.\n\n${sections.join('\n')}`
}

/** The comment in front of the first declaration of this name, as Markdown; its examples as code. */
function docstring(source: string, name: string): string {
  const declared = source.search(new RegExp(`^export (?:function|const) ${name}\\b`, 'm'))
  const [, comment = ''] =
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(source.slice(0, Math.max(0, declared))) ?? []
  const [text = '', ...examples] = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .split(/@example\s/)
  const codes = examples.map((example) => example.trim().replace(/^(?=.)/gm, '    '))
  return [text.trim(), ...codes].filter((part) => part !== '').join('\n\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, operatorsPage())
