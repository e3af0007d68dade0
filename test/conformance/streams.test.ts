import { afterAll, describe, expect, test } from 'vitest'
import { aligned, comparable, linesOf } from './streams/compare.ts'
import { DIFFERENCES } from './streams/differences.ts'
import { NotCovered } from './streams/expressions.ts'
import { OURS } from './streams/ours.ts'
import { PENDING } from './streams/pending.ts'
import { run } from './streams/run.ts'
import { type Outcome, recorded, STREAM_FILES, type StreamVector } from './streams/vector.ts'
import { vectors } from './vectors.ts'

const counts = { asRiemann: 0, byChoice: 0, pending: 0 }

afterAll(() => {
  const { asRiemann, byChoice, pending } = counts
  console.log(`streams: ${asRiemann} as Riemann, ${byChoice} differing by choice, ${pending} not covered yet`)
})

describe.each(STREAM_FILES)('%s', (file) => {
  test.each(vectors<StreamVector>(file))('%s', (name, vector) => {
    const missing = uncovered(vector)
    if (missing !== undefined) {
      expect(PENDING).toContain(missing)
      counts.pending += 1
      return
    }
    const riemann = recorded(vector)
    const ours = outcomeOf(vector)
    if (isSame(ours, riemann, vector)) {
      counts.asRiemann += 1
      return
    }
    const differences = DIFFERENCES.filter(({ concerns }) => concerns(vector))
    const explicit = differences.reduce((made, { riemann = (same) => same }) => riemann(made), vector)
    const expected = differences.reduce((made, { weir = (same) => same }) => weir(made, vector), riemann)
    expectSame(outcomeOf(explicit), expected, vector)
    // The vectors that are here; further ones have no name in it.
    if (name === vector.name) expect(linesOf(ours)).toEqual(OURS[name])
    counts.byChoice += 1
  })
})

/** What Weir does, with either form of `by`. */
function outcomeOf(vector: StreamVector): Outcome {
  const outcome = run(vector, false)
  expect(run(vector, true)).toEqual(outcome)
  return outcome
}

function uncovered(vector: StreamVector): string | undefined {
  try {
    run({ ...vector, input: [] }, false)
    return undefined
  } catch (error) {
    if (error instanceof NotCovered) return error.message
    throw error
  }
}

function expectSame(actual: Outcome, expected: Outcome, vector: StreamVector): void {
  const wanted = comparable(expected, vector)
  expect(aligned(comparable(actual, vector), wanted)).toEqual(wanted)
}

function isSame(actual: Outcome, expected: Outcome, vector: StreamVector): boolean {
  try {
    expectSame(actual, expected, vector)
    return true
  } catch {
    return false
  }
}
