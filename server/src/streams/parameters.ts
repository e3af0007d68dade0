import { WeirError } from '../errors.ts'

/** What an operator that can't be built throws, or a rule of that name. */
export function invalid(operator: string, problem: string): WeirError {
  return new WeirError('WEIR_RULE_INVALID', { rule: operator, problem })
}

/** A whole number of at least `least`, or WEIR_RULE_INVALID, which names the operator and the parameter. */
export function whole(operator: string, parameter: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw invalid(operator, `${parameter} has to be a whole number of at least ${least}; it is ${value}`)
}

/** A number from `least` to `most`, or WEIR_RULE_INVALID, which names the operator and the parameter. */
export function within(
  operator: string,
  parameter: string,
  value: number,
  least: number,
  most: number,
): number {
  if (value >= least && value <= most) return value
  throw invalid(operator, `${parameter} has to be a number from ${least} to ${most}; it is ${value}`)
}

/**
 * Refuses an option that means nothing with WEIR_RULE_INVALID: types find it, but a hub takes what loads, and a misspelt
 * one would be as if it had been left out.
 */
export function onlyMembers(operator: string, options: object, members: readonly string[]): void {
  const given: unknown = options
  if (typeof given !== 'object' || given === null)
    throw invalid(operator, `its options are an object with ${members.join(', ')}; they are ${String(given)}`)
  const unknown = Object.keys(options).find((name) => !members.includes(name))
  if (unknown !== undefined)
    throw invalid(operator, `there is no option '${unknown}'; there are ${members.join(', ')}`)
}
