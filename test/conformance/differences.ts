import { DEFAULT_TTL, type Event, isExpired, MAX_DATAGRAM, MAX_FRAME, MAX_TTL, type Msg } from 'weir-protocol'
import type * as wire from '../../protocol/src/riemann.js'
import { messageOf } from '../../server/src/errors.ts'
import { parseQuery } from '../../server/src/query/parse.ts'
import type { IndexSemantics } from './index-model.ts'
import { isNumber, type QuerySemantics } from './query-model.ts'

/**
 * One thing that Weir does otherwise than Riemann, by choice.
 *
 * `weir` turns what Riemann did into what Weir does, for whatever it concerns, and leaves everything else as it is: so
 * the tests assert our value, also for vectors that nobody here has seen.
 */
export interface Difference<Outcome, Source> {
  readonly what: string
  readonly reason: string
  /** `source` is what the outcome came of: an event on the wire, a length, … */
  readonly weir: (riemann: Outcome, source: Source) => Outcome
}

/** What Weir does where Riemann did `outcome`. */
export function weir<Outcome, Source>(
  differences: readonly Difference<Outcome, Source>[],
  outcome: Outcome,
  source: Source,
): Outcome {
  return differences.reduce((value, difference) => difference.weir(value, source), outcome)
}

/** Decoding an event. Riemann's value is given as our Event, with its attributes apart. */
export const DECODE: readonly Difference<Event, wire.Event>[] = [
  {
    what: 'attributes never override fields',
    reason:
      'a host that may name its attributes must not be able to pass for another; collectd sends a `host` attribute',
    weir: (event, { host, service, state, description, attributes }) => ({
      ...event,
      host: host ?? undefined,
      service: service ?? undefined,
      state: state ?? undefined,
      description: description ?? undefined,
      attributes: { ...event.attributes, ...pick(attributes, ['host', 'service', 'state', 'description']) },
    }),
  },
  {
    what: 'attributes named tags, time, ttl or metric are kept',
    reason: 'they stand apart from the fields and can do no harm; Riemann must drop them',
    weir: (event, { attributes }) => ({
      ...event,
      attributes: { ...event.attributes, ...pick(attributes, ['tags', 'time', 'ttl', 'metric']) },
    }),
  },
  {
    what: 'a metric that is NaN or infinite counts as none',
    reason: 'an event is JSON data, for the state of rules and for the page',
    weir: (event) => ({ ...event, metric: Number.isFinite(event.metric) ? event.metric : undefined }),
  },
  {
    what: 'a ttl of NaN counts as none, one beyond 10^9 seconds (31 years) is cut to it',
    reason: 'an event is JSON data, and expiry is an integer of microseconds',
    weir: (event) => ({
      ...event,
      ttl: event.ttl === undefined || Number.isNaN(event.ttl) ? undefined : clamp(event.ttl, MAX_TTL),
    }),
  },
  {
    what: 'a time beyond 2^53 microseconds (the year 2255) is cut to it',
    reason: 'time is an integer of microseconds that a double holds exactly',
    weir: (event) => ({ ...event, time: clamp(event.time, Number.MAX_SAFE_INTEGER) }),
  },
]

/** Encoding an event: Riemann's event on the wire; the source is the one that Weir was given. */
export const ENCODE: readonly Difference<wire.Event.$Properties, Event>[] = [
  {
    what: 'a metric is a double: a whole one goes out as metric_sint64, an integer beyond 2^53 as metric_d',
    reason: 'JavaScript has one type of number; the journal keeps the bytes that came in',
    weir: (event, { metric }) => {
      const whole = Number.isSafeInteger(metric) && !Object.is(metric, -0)
      if (isPresent(event.metricD) && whole) return { ...event, metricD: null, metricSint64: metric ?? null }
      if (isPresent(event.metricSint64) && !whole)
        return { ...event, metricD: metric ?? null, metricSint64: null }
      return event
    },
  },
  {
    what: 'every event has a time',
    reason: 'one that comes without gets the time of its arrival',
    weir: (event, { time }) =>
      isPresent(event.time) ? event : { ...event, time: Math.trunc(time / 1e6), timeMicros: time },
  },
]

const TOO_LARGE = {
  what: 'a frame that claims more than 16 MiB is answered with ok:false, then the connection is closed',
  reason:
    'Riemann buffers up to 2 GiB, and waits for ever for the rest of text or TLS taken for a length; whoever speaks HTTP or TLS to this port is told so',
}

/** Taking a frame: whether the payload is parsed; the source is the length that the frame claims. */
export const FRAME: readonly Difference<'parsed' | 'refused' | 'too large' | 'awaited', number>[] = [
  {
    ...TOO_LARGE,
    weir: (outcome, length) => (length > MAX_FRAME ? 'too large' : outcome),
  },
]

/** What came of one frame: an answer, whose error is told as far as its first colon, or the connection was closed instead. */
export type Reply = { readonly ok: boolean; readonly error: string | undefined } | 'closed'

/** What came of what was sent over one connection. */
export interface Conversation {
  /** One for each frame that is complete or too large. */
  readonly replies: readonly Reply[]
  /** Whether the next frame is waited for afterwards. */
  readonly open: boolean
  /** The services that got into the index. */
  readonly indexed: readonly (string | undefined)[]
}

/** A frame that is complete, or too large. */
export interface SentFrame {
  /** The length that it claims. */
  readonly length: number
  /** What it says, as decode.test.ts and refuse.test.ts hold it against the vectors. */
  readonly msg: Msg | 'refused'
}

export interface Sent {
  /** The configuration of Riemann, one of those in `vectors/README.md`. */
  readonly config: string
  readonly frames: readonly SentFrame[]
}

const TAKEN: Reply = { ok: true, error: undefined }

/** A conversation over TCP; the source is what was sent. */
export const TCP: readonly Difference<Conversation, Sent>[] = [
  {
    what: 'a rule that throws does not make ok:false',
    reason:
      'the answer tells whether the events are safe; what a rule throws is counted and shown as an event, and no sender can mend it',
    weir: (conversation, { config, frames }) =>
      config === 'throwing' && frames.every(({ msg }) => msg !== 'refused')
        ? { ...conversation, replies: frames.map(() => TAKEN), open: true }
        : conversation,
  },
  {
    what: 'a connection with intact framing stays open after a bad payload',
    reason:
      'one broken message must not cost the others that are on their way; it is answered with ok:false and the reason',
    weir: (conversation, { frames }) =>
      conversation.replies.includes('closed')
        ? {
            replies: conversation.replies.map((reply, i) =>
              reply !== 'closed'
                ? reply
                : frames[i]?.msg === 'refused'
                  ? { ok: false, error: 'not a Riemann message' }
                  : TAKEN,
            ),
            open: true,
            indexed: servicesOf(frames),
          }
        : conversation,
  },
  {
    ...TOO_LARGE,
    weir: (conversation, { frames }) => {
      const at = frames.findIndex(({ length }) => length > MAX_FRAME)
      if (at < 0) return conversation
      const error = `a frame of ${frames[at]?.length} bytes, above the limit of ${MAX_FRAME}`
      return {
        ...conversation,
        replies: [...conversation.replies.slice(0, at), { ok: false, error }],
        open: false,
      }
    },
  },
  {
    what: 'a query that cannot be read is answered in our own words, with the place',
    reason:
      "Riemann's are those of its parser generator; no client reads more of them than that there is one",
    weir: (conversation, { frames }) => ({
      ...conversation,
      replies: conversation.replies.map((reply, i) => {
        const msg = frames[i]?.msg
        if (reply === 'closed' || reply.ok || msg === undefined || msg === 'refused') return reply
        const problem = msg.query === undefined ? undefined : queryProblem(msg.query)
        return problem === undefined ? reply : { ok: false, error: problem.split(':')[0] }
      }),
    }),
  },
  {
    what: 'there always is an index',
    reason: 'without a rule that fills it, it is empty, and that is the answer',
    weir: (conversation) => ({
      ...conversation,
      replies: conversation.replies.map((reply) =>
        reply !== 'closed' && reply.error === 'no index' ? TAKEN : reply,
      ),
    }),
  },
]

/** The services of one datagram that got into the index; the source is the datagram. */
export const UDP: readonly Difference<boolean, Uint8Array>[] = [
  {
    what: 'a datagram above 16,384 bytes is dropped, counted',
    reason: 'Riemann cuts it off there, and takes what is left where that happens to be a message',
    weir: (indexed, datagram) => indexed && datagram.length <= MAX_DATAGRAM,
  },
]

/** What an index does. */
export const INDEX: readonly Difference<IndexSemantics, undefined>[] = [
  {
    what: 'an event without a time gets that of its arrival',
    reason: 'every event has a time; Riemann refuses it, or keeps it and loses it at the next expiry',
    weir: (index) => ({ ...index, take: (event, now) => ({ ...event, time: event.time ?? now }) }),
  },
  {
    what: 'an entry expires when its ttl has passed since its arrival, at that very moment',
    reason:
      "Riemann goes by the sender's time, so that a slow clock or a late batch kills an event at once, and it waits for the reaper's next run",
    weir: (index) => ({
      ...index,
      leavesAt: ({ event, arrival }) =>
        arrival + Math.max(0, typeof event.ttl === 'number' ? event.ttl : DEFAULT_TTL),
      findsPast: () => 'alive',
    }),
  },
  {
    what: 'the expired copy has host, service, tags, attributes and ttl, and nothing else',
    reason:
      'rules that are matched by tags or attributes must hear it; Riemann keeps only host and service unless told otherwise',
    weir: (index) => ({
      ...index,
      copy: ({ state, description, metric, ...kept }, now) => ({ ...kept, state: 'expired', time: now }),
    }),
  },
  {
    what: 'who watches the index hears of what came and of what left, each once',
    reason: 'Riemann tells of expired events whose key was not there, and not of what was deleted',
    weir: (index) => ({
      ...index,
      heard: (change) => {
        const { host, service } = change.event
        if (change.kind === 'inserted' && change.event.state !== 'expired') return change.event
        if (change.kind === 'inserted' && !change.known) return undefined
        return { gone: true, host, service }
      },
    }),
  },
]

/** Whether a query can be read. */
export type Reading = 'read' | 'refused'

/** Reading a query; the source is the query. */
export const QUERY_READING: readonly Difference<Reading, string>[] = [
  {
    what: 'a regular expression that refers back, looks around, or is possessive or atomic is refused',
    reason: 'it can take for ever; all others are matched in linear time, so that no query holds up the hub',
    weir: (reading, query) =>
      /~=/.test(query) && /\\\\[1-9k]|\(\?(?:[=!>]|<[=!])|[*+?}]\+/.test(query) ? 'refused' : reading,
  },
]

const TEXTS = ['host', 'service', 'state', 'description']
const NUMBERS = ['metric', 'ttl', 'time']

/** What queries mean. */
export const QUERIES: readonly Difference<QuerySemantics, undefined>[] = [
  {
    what: 'numbers are equal by value: 1 is 1.0, as doubles',
    reason: 'JavaScript has one type of number; whoever asks for `ttl = 300` means it',
    weir: (semantics) => ({
      ...semantics,
      equal: (a, b) => (isNumber(a) && isNumber(b) ? Number(a) === Number(b) : semantics.equal(a, b)),
    }),
  },
  {
    what: 'the fields of an event have types: four are texts, three are numbers, attributes are texts',
    reason: 'what came over the protocol never was otherwise; JSON is mapped or refused when it comes in',
    weir: (semantics) => ({
      ...semantics,
      take: (event) =>
        Object.fromEntries(
          Object.entries(semantics.take(event)).map(([name, value]) => {
            if (TEXTS.includes(name)) return [name, typeof value === 'string' ? value : null]
            if (NUMBERS.includes(name)) return [name, isNumber(value) ? Number(value) : null]
            return [name, name === 'tags' || value === null ? value : String(value)]
          }),
        ),
    }),
  },
  {
    what: 'no tags and an empty list of tags are the same, nil',
    reason: 'the protocol cannot tell them apart',
    weir: (semantics) => ({
      ...semantics,
      take: (event) => {
        const taken = semantics.take(event)
        return Array.isArray(taken.tags) && taken.tags.length === 0 ? { ...taken, tags: null } : taken
      },
    }),
  },
  {
    what: 'every event has a time',
    reason: 'one that comes without gets the time of its arrival',
    weir: (semantics) => ({
      ...semantics,
      take: (event) => {
        const taken = semantics.take(event)
        return { ...taken, time: taken.time ?? ARRIVAL }
      },
    }),
  },
]

/** The time, in seconds, of events of queries that have none. */
const ARRIVAL = 1_790_000_000

/** What of these frames is to be found in the index. */
export function servicesOf(frames: readonly SentFrame[]): (string | undefined)[] {
  return frames.flatMap(({ msg }) =>
    msg === 'refused' ? [] : msg.events.filter((event) => !isExpired(event)).map(({ service }) => service),
  )
}

/** Why the query can't be read. */
function queryProblem(query: string): string | undefined {
  try {
    parseQuery(query)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function pick(attributes: readonly wire.Attribute[], keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    attributes.filter(({ key }) => keys.includes(key)).map(({ key, value }) => [key, value ?? '']),
  )
}

function isPresent<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit)
}
