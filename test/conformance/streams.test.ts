import { afterAll, describe, expect, test } from 'vitest'
import { aligned, comparable, linesOf, timeless } from './streams/compare.ts'
import { DIFFERENCES } from './streams/differences.ts'
import { OURS } from './streams/ours.ts'
import { run } from './streams/run.ts'
import { type Outcome, recorded, STREAM_FILES, type StreamVector } from './streams/vector.ts'
import { vectors } from './vectors.ts'

const counts = { asRiemann: 0, byChoice: 0 }

afterAll(() => {
  const { asRiemann, byChoice } = counts
  console.log(`streams: ${asRiemann} as Riemann, ${byChoice} differing by choice`)
})

describe.each(STREAM_FILES)('%s', (file) => {
  test.each(vectors<StreamVector>(file))('%s', (name, vector) => {
    const riemann = recorded(vector)
    const ours = outcomeOf(vector)
    if (isSame(ours, riemann, vector)) {
      counts.asRiemann += 1
      return
    }
    const differences = DIFFERENCES.filter(({ concerns }) => concerns(vector))
    const explicit = differences.reduce((made, { riemann = (same) => same }) => riemann(made), vector)
    const expected = differences.reduce((made, { weir = (same) => same }) => weir(made, vector), riemann)
    const inWords = differences.some(({ like }) => like !== undefined)
    if (inWords && !isSame(outcomeOf(explicit), expected, vector)) {
      const alike = differences.reduce((made, { like = (same) => same }) => like(made), vector)
      expectSame(timeless(ours), timeless(outcomeOf(alike)), vector)
    } else expectSame(outcomeOf(explicit), expected, vector)
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

function expectSame(actual: Outcome, expected: Outcome, vector: StreamVector): void {
  const wanted = comparable(expected, vector)
  const got = comparable(actual, vector)
  const failures = Number.isNaN(wanted.failures) ? wanted.failures : got.failures
  expect(aligned({ ...got, failures }, wanted)).toEqual(wanted)
}

function isSame(actual: Outcome, expected: Outcome, vector: StreamVector): boolean {
  try {
    expectSame(actual, expected, vector)
    return true
  } catch {
    return false
  }
}
