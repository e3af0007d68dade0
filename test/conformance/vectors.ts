import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A vector as it stands in a file of `vectors/`; what else it has is for the test of that file to know. */
export interface Vector {
  readonly name: string
}

const OWN = join(import.meta.dirname, 'vectors')

/**
 * The vectors of one file, as rows for `test.each`: those of `vectors/`, then, when WEIR_VECTORS names a directory of
 * the same layout, those of the file there, marked in their names. A file that is missing there adds none.
 *
 * @example
 * test.each(vectors<DecodeVector>('protocol/decode.json'))('%s', (_, vector) => …)
 */
export function vectors<T extends Vector>(file: string): [name: string, vector: T][] {
  return [
    ...read<T>(join(OWN, file)).map((vector): [string, T] => [vector.name, vector]),
    ...further<T>(file).map((vector): [string, T] => [`${vector.name} (WEIR_VECTORS)`, vector]),
  ]
}

function further<T>(file: string): T[] {
  const dir = process.env.WEIR_VECTORS
  if (dir === undefined || dir === '') return []
  if (!existsSync(dir)) throw new Error(`WEIR_VECTORS=${dir}: no such directory`)
  const path = join(dir, file)
  return existsSync(path) ? read<T>(path) : []
}

function read<T>(path: string): T[] {
  return JSON.parse(readFileSync(path, 'utf8'))
}
