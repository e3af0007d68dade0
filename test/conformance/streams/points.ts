import type { Point } from '../../../server/src/streams/folds/sample.ts'
import { isMap, list, number } from './values.ts'

/** Points of an order: fractions, or pairs of one and what is put behind the service. */
export function pointsOf(points: unknown, value: (expr: unknown) => unknown): readonly Point[] {
  if (!isMap(points) || !('named' in points)) return list(points).map((point) => number(value(point)))
  return list(points.named).map((pair) => {
    const [point, suffix] = list(pair)
    return [number(value(point)), String(suffix)] as const
  })
}
