import { WeirError } from '../../errors.ts'
import type { Entry, Index } from '../../index/index.ts'
import { candidates } from '../../index/search.ts'
import { type CompiledQuery, compileQuery } from '../../query/compile.ts'
import { INDEX_TOPIC } from '../../rules/effects.ts'
import type { Wanted } from './subscriptions.ts'

const PARAMETERS = ['query', 'subscribe', 'left']

/**
 * What the address of a subscription asks for: `/index?query=Q` for the entries of the index that match, and with
 * `subscribe=true` also what changes from then on; `/pubsub/TOPIC?query=Q` for what is published to a topic. Without a
 * query, everything. With `left=true` also the events by which entries cease to match. `goesOn`: where `subscribe` is
 * not there, it means true.
 *
 * @throws {WeirError} WEIR_QUERY_INVALID, WEIR_SUBSCRIPTION.
 */
export function wantedOf(url: string, index: Index, goesOn = false): Wanted {
  const [path = '', search = ''] = split(url)
  const parameters = new URLSearchParams(search)
  for (const name of parameters.keys()) {
    if (PARAMETERS.includes(name)) continue
    throw refused(`there is no parameter '${name.slice(0, 100)}'; there are ${PARAMETERS.join(', ')}`)
  }
  const query = compileQuery(parameters.get('query') ?? 'true')
  if (query.hasClauses)
    throw refused(
      "its query can't count, order or limit: events are told as they come; ask /api/index for that",
    )
  const { text, matches, plan } = query
  const topic = topicOf(path)
  const left = leftOf(parameters.get('left'), topic)
  const interest = { query: text, matches, host: plan.exact.host, left }
  if (topic !== undefined) return { ...interest, topic, follow: true }
  const subscribe = parameters.get('subscribe')
  const follow = subscribe === 'true' || (goesOn && subscribe === null)
  return { ...interest, topic: INDEX_TOPIC, entries: entriesFor(index, query), follow }
}

/** The entries that may match, as far as they are there at that moment. */
function* entriesFor(index: Index, query: CompiledQuery): Generator<Entry | undefined> {
  for (const entry of candidates(index, query)) {
    const { host, service } = entry?.event ?? {}
    yield index.entry(host, service) === entry ? entry : undefined
  }
}

function split(url: string): [path: string, search: string] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}

/** The topic that a path names, undefined for the index. */
function topicOf(path: string): string | undefined {
  const [, named] = /^\/pubsub\/([^/]+)\/?$/.exec(path) ?? []
  if (named === undefined) return undefined
  try {
    return decodeURIComponent(named)
  } catch (error) {
    throw new WeirError(
      'WEIR_SUBSCRIPTION',
      { problem: `the topic '${named.slice(0, 100)}' can't be decoded; write % as %25` },
      { cause: error },
    )
  }
}

/** Riemann knows no such parameter: so what it means is said strictly. */
function leftOf(asked: string | null, topic: string | undefined): boolean {
  if (asked === null || asked === 'false') return false
  if (asked !== 'true') throw refused(`left is true or false, not '${asked.slice(0, 100)}'`)
  if (topic === undefined || topic === INDEX_TOPIC) return true
  throw refused(`nothing leaves the topic '${topic.slice(0, 100)}'; left=true goes with /index`)
}

function refused(problem: string): WeirError {
  return new WeirError('WEIR_SUBSCRIPTION', { problem })
}
