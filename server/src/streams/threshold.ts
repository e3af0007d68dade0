import { invalid } from './parameters.ts'

/** A condition on a metric, as data. */
export interface Threshold {
  readonly kind: 'below' | 'above' | 'atLeast' | 'atMost'
  readonly limit: number
}

/** The metric is less than `limit`. */
export const below = (limit: number): Threshold => ({ kind: 'below', limit })
/** The metric is greater than `limit`. */
export const above = (limit: number): Threshold => ({ kind: 'above', limit })
/** The metric is `limit` or more. */
export const atLeast = (limit: number): Threshold => ({ kind: 'atLeast', limit })
/** The metric is `limit` or less. */
export const atMost = (limit: number): Threshold => ({ kind: 'atMost', limit })

const KINDS: readonly unknown[] = ['below', 'above', 'atLeast', 'atMost'] satisfies Threshold['kind'][]

/** Refuses what is no threshold, which would never be met: the hub takes what loads, whatever its type. */
export function refuseNoThreshold(operator: string, parameter: string, given: unknown): void {
  const is = typeof given === 'object' && given !== null && 'kind' in given && KINDS.includes(given.kind)
  if (is && 'limit' in given && typeof given.limit === 'number') return
  throw invalid(
    operator,
    `${parameter} takes a threshold such as above(90) or below(5), not ${JSON.stringify(given) ?? String(given)}`,
  )
}

/** Whether the metric meets the threshold. */
export function meets(threshold: Threshold, metric: number): boolean {
  switch (threshold.kind) {
    case 'below':
      return metric < threshold.limit
    case 'above':
      return metric > threshold.limit
    case 'atLeast':
      return metric >= threshold.limit
    case 'atMost':
      return metric <= threshold.limit
  }
}
