import { type Fold, firstOf, metrics } from './fold.ts'

/**
 * The first event with the mean of all metrics as its metric. Missing events and metrics are left out; where there is no
 * metric, nothing is made.
 */
export const mean: Fold = (events) => {
  const first = firstOf(events)
  const all = metrics(events)
  return first === undefined || all.length === 0 ? undefined : { ...first, metric: meanOf(all) }
}

/**
 * The first event with the standard deviation of all metrics as its metric: that of the population, divided by how many
 * there are. Missing events and metrics are left out; where there is no metric, nothing is made.
 */
export const stdDev: Fold = (events) => {
  const first = firstOf(events)
  const all = metrics(events)
  if (first === undefined || all.length === 0) return undefined
  const middle = meanOf(all)
  return { ...first, metric: Math.sqrt(meanOf(all.map((metric) => (metric - middle) ** 2))) }
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
