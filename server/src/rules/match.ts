import type { Event } from 'weir-protocol'
import { messageOf } from '../errors.ts'
import { compileQuery } from '../query/compile.ts'
import { all } from '../query/predicate.ts'
import { wildcardTest } from '../query/wildcard.ts'

/**
 * A text to match: a whole string in which `*` stands for any run of characters, a regular expression (which finds),
 * or several of them, of which one must match.
 */
export type TextPattern = string | RegExp | readonly (string | RegExp)[]

/**
 * Which events a rule concerns, as data, so that the engine can index it; all members that are there must hold.
 *
 * @example { service: 'df-*\/percent_bytes-free', not: { tagged: 'notification' } }
 */
export interface Match {
  readonly host?: TextPattern
  readonly service?: TextPattern
  readonly state?: TextPattern
  /** The event has all of these tags. */
  readonly tagged?: string | readonly string[]
  readonly attributes?: Readonly<Record<string, TextPattern>>
  /** A query in Riemann's language, without order, limit or count. */
  readonly query?: string
  /** For what data can't say; it is asked last. Must be pure. */
  readonly where?: (event: Event) => boolean
  /** None of these may hold. */
  readonly not?: Match | readonly Match[]
}

const MEMBERS = ['host', 'service', 'state', 'tagged', 'attributes', 'query', 'where', 'not']

/** Why this is no match, or undefined: a misspelt member would let every event through. */
export function matchProblem(match: Match | undefined): string | undefined {
  if (match === undefined) return undefined
  const unknown = Object.keys(match).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined) return `match has no member '${unknown}'; it has ${MEMBERS.join(', ')}`
  const problem = match.query === undefined ? undefined : queryProblem(match.query)
  if (problem !== undefined) return `match: ${problem}`
  const nots = match.not === undefined ? [] : [match.not].flat()
  return nots.map(matchProblem).find((problem) => problem !== undefined)
}

function queryProblem(query: string): string | undefined {
  try {
    return compileQuery(query).hasClauses
      ? `a rule hears of one event at a time: the query can have no order, limit or count\n  ${query}`
      : undefined
  } catch (error) {
    return messageOf(error)
  }
}

export type EventTest = (event: Event) => boolean

/** A condition on events, given as data, as a query, or as a pure predicate. */
export type When = Match | string | EventTest

/** A match that is written as a query alone. */
export function matchOf(match: Match | string): Match {
  return typeof match === 'string' ? { query: match } : match
}

/** The condition as a test. */
export function whenTest(when: When): EventTest {
  return typeof when === 'function' ? when : compileMatch(matchOf(when))
}

export type TextTest = (text: string | undefined) => boolean

/** The pattern as a test; absent texts match nothing. */
export function compileText(pattern: TextPattern): TextTest {
  if (typeof pattern === 'string') {
    if (!pattern.includes('*')) return (text) => text === pattern
    const test = wildcardTest(pattern.split('*'))
    return (text) => text !== undefined && test(text)
  }
  if (pattern instanceof RegExp) {
    // `g` and `y` keep state between calls.
    const regexp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    return (text) => text !== undefined && regexp.test(text)
  }
  const tests = pattern.map(compileText)
  return (text) => tests.some((test) => test(text))
}

/** The match as a test of events; `undefined` matches every event (EVERY of query/). Members named in `skip` are left out. */
export function compileMatch(match: Match | undefined, skip?: keyof Match): EventTest {
  const tests: EventTest[] = []
  const add = (member: keyof Match, test: EventTest) => {
    if (member !== skip) tests.push(test)
  }
  if (match?.host !== undefined) {
    const test = compileText(match.host)
    add('host', (event) => test(event.host))
  }
  if (match?.service !== undefined) {
    const test = compileText(match.service)
    add('service', (event) => test(event.service))
  }
  if (match?.state !== undefined) {
    const test = compileText(match.state)
    add('state', (event) => test(event.state))
  }
  if (match?.tagged !== undefined) {
    const tags = typeof match.tagged === 'string' ? [match.tagged] : match.tagged
    add('tagged', (event) => tags.every((tag) => event.tags.includes(tag)))
  }
  for (const [key, pattern] of Object.entries(match?.attributes ?? {})) {
    const test = compileText(pattern)
    add('attributes', (event) => test(event.attributes[key]))
  }
  if (match?.not !== undefined) {
    const nots = (Array.isArray(match.not) ? match.not : [match.not]).map((not) => compileMatch(not))
    add('not', (event) => !nots.some((test) => test(event)))
  }
  if (match?.query !== undefined) add('query', compileQuery(match.query).matches)
  if (match?.where !== undefined) add('where', match.where)
  return all(tests)
}
