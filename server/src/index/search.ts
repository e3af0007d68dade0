import type { Event } from 'weir-protocol'
import { collectorOf } from '../query/collect.ts'
import type { CompiledQuery } from '../query/compile.ts'
import { type KeyTest, keyTest } from '../query/key-test.ts'
import type { KeyValue } from '../query/plan.ts'
import { all, compilePredicate } from '../query/predicate.ts'
import type { Entry, Index } from './index.ts'

/** How many entries are looked at between two yields. */
const STEP = 32

/**
 * What the query gives, in small steps, between which the index may change.
 *
 * Each host and service is met at most once, with the event that it has at that moment. What was not in the index when
 * the search began, or left it meanwhile, is not found. Throws WEIR_QUERY_RESULT where too much matches. `now` is for
 * the events that a count makes, in microseconds.
 *
 * Where the query names host or service, only their entries are looked at. What it asks of the host alone, or of the
 * service alone, is asked once for each.
 */
export function* search(index: Index, query: CompiledQuery, now: number): Generator<void, readonly Event[]> {
  const { births } = index
  const collector = collectorOf(query.query, now)
  const rest = all(query.plan.rest.map((one) => compilePredicate(one, query.plan.regexes)))
  // A hostile expression may take milliseconds for one text.
  const step = query.plan.regexes > 0 ? 1 : STEP
  let steps = 0
  for (const entry of candidates(index, query)) {
    if (++steps % step === 0) yield
    if (entry === undefined || entry.born > births) continue
    if (rest(entry.event) && !collector.add(entry.event)) break
  }
  return yield* collector.result()
}

/** The entries for which all but the rest of the plan holds; `undefined` for something that was looked at in vain. */
export function* candidates(index: Index, { plan }: CompiledQuery): Generator<Entry | undefined> {
  if (plan.nothing) return
  const { exact } = plan
  const host = keyTest(plan, 'host') ?? ANY
  const service = keyTest(plan, 'service') ?? ANY
  if (exact.host !== undefined) {
    if (!host(exact.host.value)) return
    if (exact.service === undefined) yield* ofHost(index, exact.host.value, service)
    else if (service(exact.service.value)) yield index.entry(exact.host.value, exact.service.value)
  } else if (exact.service !== undefined) {
    if (service(exact.service.value)) yield* ofService(index, exact.service.value, host)
  } else if (fewerServices(index, plan.onlyOf)) {
    for (const value of index.byService.services()) {
      if (service(value)) yield* ofService(index, value, host)
      else yield undefined
    }
  } else {
    for (const value of index.hosts.keys()) {
      if (host(value)) yield* ofHost(index, value, service)
      else yield undefined
    }
  }
}

/** Whether to go by service: by what the query asks something of, and of both by that of which there are fewer. */
function fewerServices(index: Index, { host, service }: CompiledQuery['plan']['onlyOf']): boolean {
  if (service.length === 0 || host.length === 0) return service.length > 0
  return index.byService.size < index.hosts.size
}

const ANY: KeyTest = () => true

function* ofHost(index: Index, host: KeyValue, service: KeyTest): Generator<Entry | undefined> {
  for (const [value, entry] of index.hosts.get(host) ?? []) yield service(value) ? entry : undefined
}

function* ofService(index: Index, service: KeyValue, host: KeyTest): Generator<Entry | undefined> {
  let entry = index.byService.first(service)
  while (entry !== undefined) {
    yield host(entry.event.host) ? entry : undefined
    entry = entry.after
  }
}
