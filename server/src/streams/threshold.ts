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
