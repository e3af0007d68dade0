import { LogicalClock } from '../../../server/src/clock/logical.ts'
import { withClock } from '../../../server/src/clock/rxjs.ts'
import { WeirError } from '../../../server/src/errors.ts'
import { Engine } from '../../../server/src/rules/engine.ts'
import { rule } from '../../../server/src/rules/rule.ts'
import type { Sink } from '../../../server/src/rules/stream.ts'
import { NotCovered } from './expressions.ts'
import { Node, type Recorder } from './node.ts'
import { micros, toRiemann, toWeir } from './values.ts'
import type { Outcome, Recorded, StreamVector } from './vector.ts'
import { VOCABULARY } from './vocabulary.ts'

/** Runs the vector's stream as a rule of an engine, in virtual time. `separate`: each `by` makes a pipeline per key. */
export function run(vector: StreamVector, separate: boolean): Outcome {
  const clock = new LogicalClock(micros(vector.start ?? 0))
  return withClock(clock, () => runBy(clock, vector, separate))
}

function runBy(clock: LogicalClock, vector: StreamVector, separate: boolean): Outcome {
  const output: Recorded[] = []
  /** The index of the input entry that is being processed. */
  let entry: number | undefined
  const recorder: Recorder = {
    now: () => clock.now / 1e6,
    record: (value, label) =>
      output.push({
        at: clock.now / 1e6,
        ...(entry === undefined ? { by: 'clock' } : { by: 'event', in: entry }),
        ...(label === undefined ? {} : { label }),
        value: toRiemann(value),
      }),
  }
  const engine = build(vector, recorder, clock, separate)
  if (engine === undefined) return { output, failures: 0, refused: true }
  const settle = () => engine.settle(() => {})
  for (const [n, { at, event }] of vector.input.entries()) {
    if (micros(at) > clock.now) clock.advance(micros(at), settle)
    if (event === undefined) continue
    entry = n
    feed(engine, toWeir(event, clock.now))
    settle()
    entry = undefined
  }
  return { output, failures: engine.counters.failures, refused: false }
}

/** Riemann's streams take lists and nil, too: they are given to the rule past the dispatch, which knows events only. */
function feed(engine: Engine, value: unknown): void {
  const source: Sink<unknown> | undefined = engine.runs[0]?.source
  source?.next(value)
}

/** The stream as the rule of an engine; undefined where one of its operators refuses its parameters. */
function build(
  vector: StreamVector,
  recorder: Recorder,
  clock: LogicalClock,
  separate: boolean,
): Engine | undefined {
  try {
    const tree = new Node(vector.stream, VOCABULARY, recorder)
    const stream = tree.build()
    return new Engine({
      clock,
      rules: [rule(vector.name, { match: { not: { tagged: 'weir' } }, stream: (source) => stream(source) })],
      effects: { index: () => {}, alert: () => {}, isOpen: () => false, tell: () => {}, ping: () => {} },
      name: 'hub',
      report: () => {},
      separate,
    })
  } catch (error) {
    if (error instanceof WeirError && !isNotCovered(error)) return undefined
    throw isNotCovered(error) ? error.cause : error
  }
}

function isNotCovered(error: unknown): error is { readonly cause: NotCovered } {
  return error instanceof Error && error.cause instanceof NotCovered
}
