import { DIFFERENCES_OF_TIME } from './differences-of-time.ts'
import { changeNodes, nodesOf, onlyOps, type Tree } from './trees.ts'
import { AGED, isEmpty, isMap, LATE, list, micros, NO_TAG, NO_TTL } from './values.ts'
import type { Outcome, StreamVector } from './vector.ts'

/**
 * One thing that Weir does otherwise than Riemann, by choice; used for vectors whose outcome differs.
 *
 * `weir` turns what Riemann did into what Weir does. Where that can't be told from the outcome, `riemann` turns the vector
 * into one with which Weir has to do exactly what Riemann did with the original: it makes explicit what Riemann sees in
 * it and Weir does not. Both hold for vectors that nobody here has seen; what Weir does with the unchanged vectors that
 * are here stands in `ours.ts`.
 */
export interface StreamDifference {
  readonly what: string
  readonly reason: string
  /** Whether it can matter to this vector. */
  readonly concerns: (vector: StreamVector) => boolean
  readonly weir?: (outcome: Outcome, vector: StreamVector) => Outcome
  readonly riemann?: (vector: StreamVector) => StreamVector
  /** Where that can't be told either: a vector that is the same for Weir, but for what it shows of times and of metrics that are not finite. */
  readonly like?: (vector: StreamVector) => StreamVector
}

export const DIFFERENCES: readonly StreamDifference[] = [
  {
    what: 'an integer and a float of the same value are equal',
    reason: 'JavaScript has one type of number; that 4 was not 4.0 surprised people in Riemann, too',
    concerns: ({ floats = [] }) => floats.length > 0,
    riemann: (vector) => (vector.floats ?? []).reduce(moveFloat, vector),
  },
  {
    what: 'an event is expired when its state says so, never by its own time',
    reason:
      "a sender's clock may be wrong and a queue may be late; the index counts the ttl from the arrival, and its expired events go through all rules",
    concerns: ({ input }) => input.some(({ at, event }) => isAged(event, at)),
    riemann: (vector) => ({
      ...vector,
      input: vector.input.map((entry) =>
        isMap(entry.event) && isAged(entry.event, entry.at)
          ? {
              ...entry,
              event: { ...entry.event, state: 'expired', [AGED]: [entry.event.state, entry.event.time] },
            }
          : entry,
      ),
    }),
  },
  {
    what: "the ttl of an event that is kept counts from its arrival, not from the event's own time",
    reason:
      'the same as in the index; what came late would be gone at once, what is ahead of its time or has none never',
    concerns: ({ covers, input }) =>
      covers.some((name) => AGEING.has(name)) &&
      input.some(({ at, event }) => ttlOf(event, at, covers) !== undefined),
    riemann: (vector) => ({
      ...vector,
      input: vector.input.map((entry) => {
        const ttl = ttlOf(entry.event, entry.at, vector.covers)
        if (!isMap(entry.event) || ttl === undefined) return entry
        const late = typeof entry.event.ttl === 'number' ? entry.event.ttl - ttl : NO_TTL
        return { ...entry, event: { ...entry.event, ttl, [LATE]: late } }
      }),
    }),
  },
  {
    what: 'every event has a time, also one that goes to another hub',
    reason: 'an event without gets that of its arrival',
    concerns: ({ covers }) => covers.includes('forward'),
    weir: (outcome) => ({
      ...outcome,
      output: outcome.output.map((one) => ({ ...one, value: withTimes(one.value, one.at) })),
    }),
  },
  {
    what: 'an expired copy keeps tags, attributes and ttl',
    reason: 'what follows by tags or attributes must hear it; it is the same copy that the index makes',
    concerns: ({ covers }) => covers.some((name) => COPYING.includes(name)),
    riemann: (vector) => ({
      ...vector,
      stream: changeNodes(vector.stream, (node) =>
        COPYING.includes(String(node.op)) ? { ...node, op: `${node.op} with bare copies` } : node,
      ),
    }),
  },
  {
    what: 'an event without tags has an empty list of them',
    reason: 'one thing that can be absent in two ways is tested for in one of them',
    concerns: ({ input }) => input.some(({ event }) => isMap(event) && isEmpty(event.tags)),
    riemann: (vector) => ({
      ...vector,
      input: vector.input.map((entry) =>
        isMap(entry.event) && isEmpty(entry.event.tags)
          ? { ...entry, event: { ...entry.event, tags: [NO_TAG] } }
          : entry,
      ),
    }),
  },
  {
    what: 'top knows which of its members has the least value, also when one has risen since',
    reason: "Riemann's goes on to compare with the one that was the least, and keeps larger ones out",
    concerns: ({ covers }) => covers.includes('top'),
    like: (vector) => ({
      ...vector,
      stream: changeNodes(vector.stream, (node) =>
        node.op === 'top' ? { ...node, op: 'top by sorting' } : node,
      ),
    }),
  },
  {
    what: 'a window of throttle is over when its time is, also for what a timer hands on at that very moment',
    reason:
      'in Riemann that depends on whose timer was made first, and a throttle behind a rollup of the same duration drops every list',
    concerns: ({ covers }) => covers.includes('throttle'),
    riemann: (vector) => ({
      ...vector,
      stream: changeNodes(vector.stream, (node) =>
        node.op === 'throttle' ? { ...node, op: 'throttle by timer' } : node,
      ),
    }),
  },
  {
    what: 'stable passes each event once',
    reason: "Riemann's forgets to clear what its timer sends, so that an event that was passed comes again",
    concerns: ({ covers }) => covers.includes('stable'),
    riemann: (vector) => ({
      ...vector,
      stream: changeNodes(vector.stream, (node) =>
        node.op === 'stable' ? { ...node, op: 'stable with repeats' } : node,
      ),
    }),
  },
  {
    what: 'a function is called once for each event, however many children there are',
    reason:
      "Riemann's macro evaluates it anew for each child; a sum with two children counts everything twice",
    concerns: ({ covers }) => covers.some((name) => ['smap*', 'sreduce', 'fill-in-last*'].includes(name)),
    riemann: (vector) => ({ ...vector, stream: perChild(vector.stream) }),
  },
  {
    what: 'there is no exception-stream: what throws is counted, and shown to all rules as an event of the service weir/rule-error',
    reason: 'nothing gets lost because nobody thought of it, and any rule can listen',
    concerns: ({ covers }) => covers.includes('exception-stream'),
    weir: (outcome, { stream }) => {
      const handlers = nodesOf(stream, 'exception-stream').map(({ handler }) => handler)
      const ends = nodesOf(handlers, 'out').map(({ label }) => label)
      const output = outcome.output.filter(
        ({ label, value }) =>
          !ends.includes(label) ||
          (label === undefined && isMap(value) && value.service !== 'riemann exception'),
      )
      const heard = outcome.output.length - output.length
      // A handler that is more than a way to a recorder says nothing about how many exceptions it got.
      const plain = handlers.every((handler) => onlyOps(handler, ['with', 'out', 'throw', 'assert-fail']))
      return { output, refused: outcome.refused, failures: plain ? outcome.failures + heard : Number.NaN }
    },
    riemann: (vector) => ({ ...vector, stream: cutAtThrowingHandler(vector.stream) }),
  },
  ...DIFFERENCES_OF_TIME,
]

/** Whether Riemann takes it for expired although its state does not say so. */
function isAged(event: unknown, now: number): boolean {
  if (!isMap(event) || event.state === 'expired' || typeof event.time !== 'number') return false
  return now - event.time > (typeof event.ttl === 'number' ? event.ttl : 60)
}

/** What keeps events, or goes on, until a ttl is over. */
const AGEING = new Set([
  ...['coalesce', 'coalesce-with-event', 'project', 'project*', 'clock-skew'],
  ...['rate', 'ddt', 'ddt-real', 'percentiles', 'fold-interval', 'fold-interval-metric'],
  ...['interpolate-constant', 'periodically-until-expired', 'part-time-fast'],
])

/** Of these, what takes a ttl of 60 s for events that have none. */
const DEFAULTING = ['coalesce', 'coalesce-with-event', 'project', 'project*', 'clock-skew']

/** Longer than any vector. */
const FOR_EVER = 1e9

/** Of how many seconds from its arrival a ttl has to be that ends when Riemann's does; undefined where that is its own. */
function ttlOf(event: unknown, at: number, covers: readonly string[]): number | undefined {
  if (!isMap(event)) return undefined
  const ttl =
    typeof event.ttl === 'number'
      ? event.ttl
      : covers.some((name) => DEFAULTING.includes(name))
        ? 60
        : undefined
  if (ttl === undefined) return undefined
  // Riemann can't tell how old an event without a time is.
  if (typeof event.time !== 'number') return FOR_EVER
  return at === event.time ? undefined : (micros(ttl) - (micros(at) - micros(event.time))) / 1e6
}

/** What a client was called with, its events with the time of their arrival where they have none. */
function withTimes(value: unknown, now: number): unknown {
  if (!isMap(value)) return value
  return {
    ...value,
    events: list(value.events).map((event) => (isMap(event) ? { ...event, time: event.time ?? now } : event)),
  }
}

/** A float that is whole becomes its neighbour, which is equal to no integer, but to the same float. */
function moveFloat(vector: StreamVector, pointer: string): StreamVector {
  // A point above 1 is none, and the clock counts microseconds.
  if (pointer.includes('/points/') || pointer.endsWith('/at')) return vector
  const path = pointer.split('/').slice(1)
  // What is divided by has to stay 0.
  const divides = vector.covers.some((name) => name.startsWith('folds/quotient'))
  const move = (value: unknown, [name, ...rest]: readonly string[]): unknown => {
    if (name === undefined)
      return typeof value === 'number' && !(value === 0 && divides) ? neighbour(value) : value
    if (Array.isArray(value)) return value.with(Number(name), move(value[Number(name)], rest))
    return isMap(value) ? { ...value, [name]: move(value[name], rest) } : value
  }
  const { stream, input } = vector
  const [part = '', ...rest] = path
  if (part === 'stream') return { ...vector, stream: move(stream, rest) as StreamVector['stream'] }
  return part === 'input' ? { ...vector, input: move(input, rest) as StreamVector['input'] } : vector
}

function neighbour(value: number): number {
  return value === 0 ? Number.MIN_VALUE : value * (1 + Number.EPSILON)
}

/** What makes expired copies. */
const COPYING = ['dual', 'top', 'project', 'project*']

/** A function that is called for each child is one for each child, or one that gives the results of all calls. */
function perChild(stream: Tree): Tree {
  return changeNodes(stream, (node) => {
    const children = list(node.children)
    if (children.length < 2) return node
    if (node.op === 'smap*' || node.op === 'fill-in-last*')
      return { op: 'sdo', children: children.map((child) => ({ ...node, children: [child] })) }
    return node.op === 'sreduce' && node.init !== undefined ? { ...node, op: 'sreduce for each child' } : node
  })
}

/** Where the handler of an exception-stream throws, the children behind the one that threw hear nothing. */
function cutAtThrowingHandler(stream: Tree): Tree {
  const throws = (node: unknown) => isMap(node) && (node.op === 'throw' || node.op === 'assert-fail')
  return changeNodes(stream, (node) => {
    const children = list(node.children)
    const first = children.findIndex(throws)
    return node.op === 'exception-stream' && throws(node.handler) && first >= 0
      ? { ...node, children: children.slice(0, first + 1) }
      : node
  })
}
