import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { Fold } from '../../server/src/fold.ts'
import { rule } from '../../server/src/rules/rule.ts'
import { index } from '../../server/src/streams/index-events.ts'
import { map } from '../../server/src/streams/map.ts'
import { INDEX, weir } from './differences.ts'
import { IndexModel, RIEMANN_INDEX } from './index-model.ts'
import {
  type Clojurish,
  comparable,
  type IndexOp,
  type IndexOutcome,
  normal,
  type Seen,
} from './index-ops.ts'
import { type Vector, vectors } from './vectors.ts'

interface IndexVector extends Vector {
  readonly start?: number
  readonly wrapped?: boolean
  readonly reaper?: { readonly interval?: number; readonly 'keep-keys'?: readonly string[] | 'all' }
  readonly ops: readonly IndexOp[]
}

describe('index.json', () => {
  test.each(vectors<IndexVector>('index/index.json'))('%s', (_, vector) => {
    const riemann = new IndexModel(RIEMANN_INDEX, vector)
    const expected = new IndexModel(weir(INDEX, RIEMANN_INDEX, undefined), vector)
    const ours = new OurIndex(vector)
    for (const op of vector.ops) {
      const wrapped = vector.wrapped === true || vector.reaper !== undefined
      // What Riemann did is what the model says, so that the table of differences begins with the truth.
      expect([op, comparable(riemann.do(op))]).toEqual([op, comparable(recorded(op, wrapped))])
      expect([op, comparable(ours.do(op))]).toEqual([op, comparable(expected.do(op))])
    }
  })
})

function recorded(op: IndexOp, wrapped: boolean): IndexOutcome {
  return {
    ...resultOf(op),
    ...(op.error === undefined ? {} : { error: op.error }),
    ...(wrapped ? { seen: op.seen ?? [] } : {}),
  }
}

function resultOf(op: IndexOp): IndexOutcome {
  switch (op.op) {
    case 'lookup':
    case 'delete':
      return { result: op.result === null ? null : normal(op.result) }
    case 'instrumentation':
      return { result: op.result.find(({ service }) => service === 'riemann index size')?.metric }
    case 'seq':
    case 'expire':
      return { result: op.result }
    default:
      return {}
  }
}

/** Weir's index in its fold, with a rule that indexes and one that listens, and what else it takes to do Riemann's operations. */
class OurIndex {
  readonly #wrapped: boolean
  readonly #fold: Fold
  #seen: Seen[] = []
  #expired: Event[] = []

  constructor({ start = 0, wrapped = false, reaper }: IndexVector) {
    this.#wrapped = wrapped || reaper !== undefined
    this.#fold = new Fold({
      rules: [
        rule('index', { stream: index() }),
        rule('listen', {
          match: { state: 'expired' },
          stream: map((event) => {
            this.#expired.push(event)
            return event
          }),
        }),
      ],
      name: 'hub',
      report: (line) => {
        throw new Error(line)
      },
    })
    this.#fold.advance(micros(start))
    this.#fold.index.listen(({ event }, gone) => this.#see('pubsub', gone ? goneOf(event) : clojurish(event)))
  }

  do(op: IndexOp): IndexOutcome {
    this.#seen = []
    this.#advance(this.#fold.clock.now)
    const outcome = this.#do(op)
    return { ...outcome, ...(this.#wrapped ? { seen: this.#seen } : {}) }
  }

  #do(op: IndexOp): IndexOutcome {
    const { index } = this.#fold
    const held = () => [...index.entries()].map(({ event }) => event)
    switch (op.op) {
      case 'insert':
        this.#insert(eventOf(op.event, this.#fold.clock.now))
        return {}
      case 'lookup': {
        const found = index.lookup(op.host ?? undefined, op.service ?? undefined)
        return { result: found === undefined ? null : clojurish(found) }
      }
      case 'seq':
        return { result: index.size === 0 ? null : held().map(clojurish) }
      case 'instrumentation':
        return { result: index.size }
      case 'delete': {
        const { host, service } = eventOf(op.event, 0)
        const found = index.lookup(host, service)
        if (found !== undefined) this.#delete(found)
        return { result: found === undefined ? null : clojurish(found) }
      }
      case 'delete-exactly': {
        const { host, service } = eventOf(op.event, 0)
        const found = index.lookup(host, service)
        if (found !== undefined && same(clojurish(found), normal(op.event))) this.#delete(found)
        return {}
      }
      case 'delete-from-index': {
        const fields = [op.fields ?? ['host', 'service']].flat()
        const wanted = normal(op.event)
        for (const event of held())
          if (fields.every((field) => clojurish(event)[field] === wanted[field])) this.#delete(event)
        return {}
      }
      case 'clear':
        for (const host of new Set(held().map((event) => event.host))) this.#fold.forget(host)
        return {}
      case 'advance':
        this.#advance(micros(op.to))
        return {}
      case 'expire':
        // It has happened already: what is due leaves by itself.
        return { result: [] }
      case 'search':
        return {}
    }
  }

  #insert(event: Event): void {
    this.#fold.events([event])
    // The rule hears an expired event that was sent, too; what is of interest is what the index made.
    this.#expired = this.#expired.filter((one) => one !== event)
    this.#tell()
  }

  /** An expired event takes its key out; Weir has no other way for one that is to go without a word. */
  #delete({ host, service }: Event): void {
    this.#insert(makeEvent({ host, service, state: 'expired', time: this.#fold.clock.now }))
  }

  #advance(to: number): void {
    this.#fold.advance(to)
    this.#tell()
  }

  /** What the index gave to the rules. */
  #tell(): void {
    for (const event of this.#expired.splice(0))
      this.#seen.push({ at: event.time / 1e6, to: 'streams', event: clojurish(event) })
  }

  #see(to: Seen['to'], event: Clojurish): void {
    this.#seen.push({ at: this.#fold.clock.now / 1e6, to, event })
  }
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e6)
}

/** An event as it comes in at `now`. */
function eventOf(event: Clojurish, now: number): Event {
  const { host, service, state, description, metric, time, ttl, tags, ...attributes } = normal(event)
  return makeEvent({
    host: typeof host === 'string' ? host : undefined,
    service: typeof service === 'string' ? service : undefined,
    state: typeof state === 'string' ? state : undefined,
    description: typeof description === 'string' ? description : undefined,
    metric: typeof metric === 'number' ? metric : undefined,
    time: typeof time === 'number' ? micros(time) : now,
    ttl: typeof ttl === 'number' ? ttl : undefined,
    ...(Array.isArray(tags) ? { tags: tags.map(String) } : {}),
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
  })
}

function clojurish(event: Event): Clojurish {
  const { attributes, tags, time, ...fields } = event
  return normal({ ...fields, ...attributes, time: time / 1e6, tags: tags.length === 0 ? undefined : tags })
}

function goneOf({ host, service }: Event): Clojurish {
  return normal({ gone: true, host, service })
}

function same(a: Clojurish, b: Clojurish): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
