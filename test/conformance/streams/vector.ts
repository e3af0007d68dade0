import type { Vector } from '../vectors.ts'

/** The files of vectors. */
export const STREAM_FILES = [
  'combos',
  'errors',
  'folds',
  'limits',
  'match',
  'rates',
  'routing',
  'state',
  'timed',
  'transform',
  'where',
  'windows',
].map((name) => `streams/${name}.json`)

/** One entry of the input. */
export interface Entry {
  /** Seconds. */
  readonly at: number
  /** An event, an array of events or null; an entry without it only moves the clock. */
  readonly event?: unknown
}

/** A call of a recorder. */
export interface Recorded {
  readonly at: number
  readonly by: 'event' | 'clock'
  readonly in?: number
  readonly label?: string
  readonly value: unknown
}

/** A vector of `streams/*.json`. */
export interface StreamVector extends Vector {
  readonly covers: readonly string[]
  readonly stream: Readonly<Record<string, unknown>>
  readonly clojure: string
  readonly start?: number
  readonly unordered?: boolean
  readonly input: readonly Entry[]
  readonly output: readonly Recorded[]
  readonly errors?: readonly { readonly by: 'event' | 'clock' | 'build' }[]
  readonly logged?: readonly string[]
  readonly floats?: readonly string[]
}

/** What came of a vector. */
export interface Outcome {
  readonly output: readonly Recorded[]
  /** How many exceptions there were: out of the stream's top, or caught inside of it. NaN where that is not known. */
  readonly failures: number
  /** Whether the stream could not be built. */
  readonly refused: boolean
}

/** What Riemann did. */
export function recorded({ output, errors = [], logged = [] }: StreamVector): Outcome {
  const atBuild = errors.filter(({ by }) => by === 'build').length
  return { output, failures: errors.length - atBuild + logged.length, refused: atBuild > 0 }
}
