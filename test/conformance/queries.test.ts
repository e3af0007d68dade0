import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { compileQuery } from '../../server/src/query/compile.ts'
import { QueryError } from '../../server/src/query/error.ts'
import { parseQuery } from '../../server/src/query/parse.ts'
import { printQuery } from '../../server/src/query/print.ts'
import { QUERIES, QUERY_READING, type Reading, weir } from './differences.ts'
import {
  holds,
  type Kinded,
  parseKinded,
  type QuerySemantics,
  type RawEvent,
  RIEMANN,
} from './query-model.ts'

interface QueryVectors {
  readonly events: readonly RawEvent[]
  readonly cases: readonly {
    readonly query: string
    readonly matches?: readonly bigint[]
    readonly error?: boolean
  }[]
}

/** What Weir's semantics are: Riemann's, with the differences. */
const WEIR: QuerySemantics = weir(QUERIES, RIEMANN, undefined)

const files = [
  ['', import.meta.dirname, 'vectors'],
  [' (WEIR_VECTORS)', process.env.WEIR_VECTORS || '/nowhere', ''],
] as const
const sets = files.flatMap(([mark, dir, under]) => {
  const path = join(dir, under, 'queries/queries.json')
  if (!existsSync(path)) return []
  // The layout of the file is that of vectors/README.md, section 6.
  const set = parseKinded(readFileSync(path, 'utf8')) as QueryVectors
  return set.cases.map((one) => [`${one.query}${mark}`, one, set.events] as const)
})

describe('queries.json', () => {
  test.each(sets)('%s', (_, { query, matches, error }, events) => {
    const recorded: Reading = error === true ? 'refused' : 'read'
    const expected = weir(QUERY_READING, recorded, query)
    if (expected === 'refused') {
      expect(() => parseQuery(query)).toThrow(QueryError)
      return
    }
    const parsed = parseQuery(query)
    expect(parseQuery(printQuery(parsed))).toEqual(parsed)
    const numbers = events.map((_, i) => i)

    // The model, with Riemann's semantics, does what Riemann did: so the query is read as Riemann reads it.
    const model = (semantics: QuerySemantics) =>
      numbers.filter((i) => holds(parsed.where, events[i] ?? {}, semantics))
    if (matches !== undefined) expect(model(RIEMANN)).toEqual(matches.map(Number))

    // Weir does what the model does with Weir's.
    const { matches: test } = compileQuery(query)
    expect(numbers.filter((i) => test(eventOf(WEIR.take(events[i] ?? {}))))).toEqual(model(WEIR))
  })
})

/** The event, after the differences have made it one that Weir can hold. */
function eventOf(raw: RawEvent): Event {
  const { host, service, state, description, metric, ttl, time, tags, ...attributes } = raw
  return makeEvent({
    host: text(host),
    service: text(service),
    state: text(state),
    description: text(description),
    metric: number(metric),
    ttl: number(ttl),
    time: (number(time) ?? Number.NaN) * 1e6,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    attributes: Object.assign(
      Object.create(null),
      Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)),
    ),
  })
}

function text(value: Kinded | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function number(value: Kinded | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
