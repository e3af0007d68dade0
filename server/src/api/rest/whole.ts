import { z } from 'zod'

/** A whole number in a query string. */
export function whole(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `takes a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
}
