import { isDeepStrictEqual } from 'node:util'
import type { Config } from './config.ts'

/**
 * The members of a configuration that differ and that a reload does not put in force: all but `rules`. Inputs are
 * compared by how they describe themselves.
 */
export function needsRestart(before: Config, after: Config): readonly string[] {
  const [was, is] = [comparable(before), comparable(after)]
  return Object.keys(was).filter(
    (member) => !isDeepStrictEqual(Reflect.get(was, member), Reflect.get(is, member)),
  )
}

function comparable({ rules: _, inputs, ...others }: Config): object {
  return { ...others, inputs: inputs.map(({ describe }) => describe) }
}
