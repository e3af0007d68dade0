import { type ParseArgsConfig, parseArgs } from 'node:util'
import { messageOf, WeirError } from '../errors.ts'

/** Parses a command's arguments, strictly; a wrong one throws WEIR_USAGE, which says what was wrong. */
export function parseOptions<T extends ParseArgsConfig>(args: readonly string[], config: T) {
  try {
    return parseArgs({ ...config, args: [...args], strict: true })
  } catch (error) {
    throw new WeirError('WEIR_USAGE', { problem: `${messageOf(error)}; see --help` })
  }
}

/** A required whole number within bounds. */
export function integer(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new WeirError('WEIR_USAGE', {
      problem: `${name} takes a whole number from ${min} to ${max}, not '${text}'`,
    })
  }
  return value
}
