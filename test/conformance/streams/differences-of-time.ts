import type { StreamDifference } from './differences.ts'
import { changeNodes, type Tree } from './trees.ts'
import { isMap, list, micros } from './values.ts'
import type { StreamVector } from './vector.ts'

/** What windows, intervals and statistics do otherwise than Riemann's, by choice. */
export const DIFFERENCES_OF_TIME: readonly StreamDifference[] = [
  {
    what: 'a duration of nothing is refused when the rule is loaded',
    reason:
      'nothing would ever come out, or a timer would go round in circles; whoever writes 0 means something else',
    concerns: ({ stream }) => hasNoLength(stream),
    weir: () => ({ output: [], failures: 0, refused: true }),
  },
  {
    what: 'an event that is made of nothing has a time: the present',
    reason: "every event has one; that of Riemann's count is a whole second, its others have none",
    concerns: ({ covers }) => covers.some((name) => MADE_OF_NOTHING.has(name)),
    riemann: (vector) => ({
      ...vector,
      stream: changeNodes(foldingAsRiemann(vector.stream), (node) =>
        MADE_OF_NOTHING.has(String(node.op)) ? { ...node, op: `${node.op} with timeless nothing` } : node,
      ),
    }),
  },
  {
    what: 'an event that comes without a time has that of its arrival',
    reason:
      "every event has one; Riemann's operators that go by time throw there, keep the event for ever or lose it",
    concerns: ({ covers, input }) =>
      covers.some((name) => BY_TIME.has(name)) && input.some(({ event }) => isUntimed(event)),
    like: (vector) => ({
      ...vector,
      input: vector.input.map((entry, n) =>
        isMap(entry.event) && isUntimed(entry.event)
          ? { ...entry, event: { ...entry.event, time: arrivalOf(n, vector) } }
          : entry,
      ),
    }),
  },
  {
    what: 'times are whole microseconds, and their differences exact',
    reason:
      'by floating point 10.001 - 10 is less than 0.001, and an event as old as the window is long stays in it',
    concerns: ({ covers }) => covers.includes('moving-time-window'),
    riemann: (vector) => ({
      ...vector,
      input: vector.input.map((entry) =>
        isMap(entry.event) && typeof entry.event.time === 'number' && isJustLater(entry.event.time, vector)
          ? { ...entry, event: { ...entry.event, time: entry.event.time + 1e-6 } }
          : entry,
      ),
    }),
  },
  {
    what: 'mean-over-time is the mean of all metrics so far',
    reason: "Riemann's throws at its first event",
    concerns: ({ covers }) => covers.includes('mean-over-time'),
    like: (vector) => ({ ...vector, stream: changeNodes(vector.stream, meanOfSums) }),
  },
  {
    what: 'predict-linear says nothing where all events are of one moment',
    reason: 'two events at once are no mistake of anybody',
    concerns: ({ covers }) => covers.includes('predict-linear'),
    weir: (outcome) => ({ ...outcome, failures: 0 }),
  },
  {
    what: 'predict-linear leaves out events without a metric',
    reason: 'in Riemann one such event makes each window that it is in throw',
    concerns: ({ covers, input }) =>
      covers.includes('predict-linear') &&
      input.some(({ event }) => isMap(event) && typeof event.metric !== 'number'),
    // Without them. Only where the stream begins with it is it sure that nothing else hears them.
    like: (vector) => ({
      ...vector,
      input: vector.input.map(({ at, event }) =>
        vector.stream.op === 'predict-linear' && isMap(event) && typeof event.metric !== 'number'
          ? { at }
          : { at, event },
      ),
    }),
  },
  {
    what: 'clock-skew adds nothing to expired events',
    reason: "Riemann's leaves an attribute of its own in them",
    concerns: ({ covers }) => covers.includes('clock-skew'),
    weir: (outcome) => ({
      ...outcome,
      output: outcome.output.map((one) => {
        if (!isMap(one.value)) return one
        const { 'riemann.streams/clock-skew-timestamp': _, ...value } = one.value
        return { ...one, value }
      }),
    }),
  },
  {
    what: 'a point of 1.0 is written 1 in the service',
    reason: 'JavaScript has one type of number',
    concerns: ({ floats = [] }) => floats.some((pointer) => pointer.includes('/points/')),
    weir: (outcome) => ({
      ...outcome,
      output: outcome.output.map((one) => ({ ...one, value: withWholePoint(one.value) })),
    }),
  },
  {
    what: 'a point below 0 or above 1 is refused when the rule is loaded',
    reason: 'whoever writes 95 means 0.95, and would always get the largest',
    concerns: ({ stream }) => pointsIn(stream).some((point) => !(point >= 0 && point <= 1)),
    weir: () => ({ output: [], failures: 0, refused: true }),
  },
  {
    what: 'a metric that is NaN or infinite counts as none',
    reason: 'a sum that it once went into would never be a number again',
    concerns: ({ covers, input }) =>
      covers.some((name) => RECKONING.has(name)) &&
      input.some(({ event }) => isMap(event) && NOT_FINITE.includes(event.metric)),
    like: (vector) => ({
      ...vector,
      input: vector.input.map((entry) =>
        isMap(entry.event) && NOT_FINITE.includes(entry.event.metric)
          ? { ...entry, event: { ...entry.event, metric: null } }
          : entry,
      ),
    }),
  },
  {
    what: 'a strict fold throws where its only event has no metric',
    reason: "that is what it is for; Riemann's reduces nothing then and hands the event on",
    concerns: ({ covers }) => covers.some((name) => STRICT.includes(name)),
    riemann: (vector) => ({ ...vector, stream: foldingAsRiemann(vector.stream) }),
  },
  {
    what: 'std-dev of events without any metric is nothing',
    reason: "as the mean of them is; Riemann's divides by 0",
    concerns: ({ covers }) => covers.includes('folds/std-dev') || covers.includes('std-dev'),
    riemann: (vector) => ({ ...vector, stream: foldingAsRiemann(vector.stream) }),
  },
]

/** The folds that throw where a metric is missing. */
const STRICT = ['folds/sum*', 'folds/product*', 'folds/difference*', 'folds/quotient*', 'folds/fold*']

/** With the folds as Riemann's are, see `folds.ts`. */
function foldingAsRiemann(stream: Tree): Tree {
  return changeNodes(stream, (part) =>
    typeof part.fold === 'string' ? { ...part, 'as Riemann': true } : part,
  )
}

function isUntimed(event: unknown): boolean {
  return isMap(event) && (event.time === undefined || event.time === null)
}

/** The clock when the nth entry is processed: it does not go back. */
function arrivalOf(n: number, { start = 0, input }: StreamVector): number {
  return Math.max(start, ...input.slice(0, n + 1).map(({ at }) => at))
}

/** A `mean-over-time` in other words: the metrics and their number are summed up, then divided. */
function meanOfSums(node: Tree): Tree {
  if (node.op !== 'mean-over-time') return node
  const of = (name: string, field: string) => ({ get: [{ var: name }, field] })
  const sums = {
    sum: { '+': [of('before', 'sum'), { or: [of('event', 'metric'), 0] }] },
    count: { '+': [of('before', 'count'), { if: [of('event', 'metric'), 1, 0] }] },
  }
  const mean = { if: [of('event', 'metric'), { '/': [of('event', 'sum'), of('event', 'count')] }, null] }
  return {
    op: 'sreduce',
    init: { literal: { sum: 0, count: 0 } },
    fn: {
      lambda: ['before', 'event'],
      body: { assoc: [{ var: 'event' }, ...Object.entries(sums).flat()] },
    },
    children: [
      {
        ...node,
        op: 'smap',
        fn: {
          lambda: ['event'],
          body: { assoc: [{ var: 'event' }, 'metric', mean, 'sum', null, 'count', null] },
        },
      },
    ],
  }
}

/** What makes an event of an empty list. */
const MADE_OF_NOTHING = new Set([
  'fold-interval',
  'fold-interval-metric',
  'folds/count',
  'folds/sum*',
  'folds/product*',
  'folds/fold*',
])

/** Floats that JSON has no word for. */
const NOT_FINITE: readonly unknown[] = ['NaN', 'Infinity', '-Infinity']

/** What reckons with metrics and keeps what it comes to. */
const RECKONING = new Set([
  'counter',
  'ddt',
  'ddt-events',
  'ddt-real',
  'ewma',
  'ewma-timeless',
  'fold-interval',
  'fold-interval-metric',
  'percentiles',
  'predict-linear',
  'rate',
  'sum-over-time',
])

/** What goes by the times of the events. */
const BY_TIME = new Set([
  'clock-skew',
  'ddt',
  'ddt-events',
  'ddt-real',
  'ewma',
  'fixed-offset-time-window',
  'fixed-time-window',
  'moving-time-window',
  'predict-linear',
  'stable',
])

/** The parameters that are durations. */
const DURATIONS: Readonly<Record<string, readonly string[]>> = {
  apdex: ['dt'],
  'apdex*': ['dt'],
  batch: ['dt'],
  ddt: ['n'],
  'ddt-real': ['n'],
  ewma: ['halflife'],
  'fixed-offset-time-window': ['n'],
  'fixed-time-window': ['n'],
  'moving-time-window': ['n'],
  'predict-linear': ['s'],
  rollup: ['dt'],
  stable: ['dt'],
  throttle: ['dt'],
}

function hasNoLength(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasNoLength)
  if (!isMap(node)) return false
  const durations = ['interval', ...(DURATIONS[String(node.op)] ?? [])]
  return durations.some((name) => node[name] === 0) || Object.values(node).some(hasNoLength)
}

/** The points of all `percentiles`. */
function pointsIn(node: unknown): readonly number[] {
  if (Array.isArray(node)) return node.flatMap(pointsIn)
  if (!isMap(node)) return []
  const points = isMap(node.points) ? list(node.points.named).map((pair) => list(pair)[0]) : list(node.points)
  const own = node.op === 'percentiles' ? points.filter((point) => typeof point === 'number') : []
  return [...own, ...Object.values(node).flatMap(pointsIn)]
}

/** Whether floating point takes a time for later than what it is exactly a window away from. */
function isJustLater(time: number, { input, stream }: StreamVector): boolean {
  const lengths = lengthsOf(stream)
  return input.some(
    ({ event }) =>
      isMap(event) &&
      lengths.some((length) => {
        const other = Number(event.time)
        return micros(other) - micros(length) === micros(time) && other - length < time
      }),
  )
}

function lengthsOf(node: unknown): readonly number[] {
  if (Array.isArray(node)) return node.flatMap(lengthsOf)
  if (!isMap(node)) return []
  const own = node.op === 'moving-time-window' && typeof node.n === 'number' ? [node.n] : []
  return [...own, ...Object.values(node).flatMap(lengthsOf)]
}

function withWholePoint(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withWholePoint)
  if (!isMap(value) || typeof value.service !== 'string') return value
  return { ...value, service: value.service.replace(/( \d+)\.0$/, '$1') }
}
