import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the repository, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The text of a page, by its path from the root. */
export function pageText(page: string): string {
  return readFileSync(`${ROOT}${page}`, 'utf8')
}

/** An example on a page. */
export interface Snippet {
  /** Its first line names it: a path, as in `// config/rules/disk.ts`. */
  readonly file: string
  /** What follows that line. */
  readonly code: string
}

/** The `ts` blocks of a page; throws where one does not name its file, or two name the same. */
export function snippetsOf(page: string): readonly Snippet[] {
  const snippets = [...pageText(page).matchAll(/^```ts\n(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, first = '', code = '']) => {
      const file = /^\/\/ (\S+\.ts)$/.exec(first)?.[1]
      if (file === undefined)
        throw new Error(`${page}: a ts block begins with '${first}'; name its file: // config/…`)
      return { file, code }
    },
  )
  const twice = snippets.find(({ file }, at) => snippets.findIndex((other) => other.file === file) !== at)
  if (twice !== undefined) throw new Error(`${page}: two blocks are ${twice.file}`)
  return snippets
}

/** The first cells of all tables of a page whose head begins with this one. */
export function firstCells(page: string, head: string): readonly string[] {
  return cellsOf(page, head).map(([first = '']) => first)
}

/** The rows of all tables of a page whose head begins with this cell, as cells. */
export function cellsOf(page: string, head: string): readonly (readonly string[])[] {
  const tables = pageText(page).matchAll(/^\|(.*)\|\n\|[-| :]+\|\n((?:\|.*\|\n)+)/gm)
  return [...tables]
    .filter(([, heads = '']) => heads.split('|')[0]?.trim() === head)
    .flatMap(([, , rows = '']) => rows.trimEnd().split('\n'))
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
