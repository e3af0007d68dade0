import type { Event } from 'weir-protocol'

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
  /** For what data can't say; it is asked last. Must be pure. */
  readonly where?: (event: Event) => boolean
  /** None of these may hold. */
  readonly not?: Match | readonly Match[]
}

const MEMBERS = ['host', 'service', 'state', 'tagged', 'attributes', 'where', 'not']

/** Why this is no match, or undefined: a misspelt member would let every event through. */
export function matchProblem(match: Match | undefined): string | undefined {
  if (match === undefined) return undefined
  const unknown = Object.keys(match).find((member) => !MEMBERS.includes(member))
  if (unknown !== undefined) return `match has no member '${unknown}'; it has ${MEMBERS.join(', ')}`
  const nots = match.not === undefined ? [] : [match.not].flat()
  return nots.map(matchProblem).find((problem) => problem !== undefined)
}

export type EventTest = (event: Event) => boolean

/** A condition on events, given as data or as a pure predicate. */
export type When = Match | EventTest

/** The condition as a test. */
export function whenTest(when: When): EventTest {
  return typeof when === 'function' ? when : compileMatch(when)
}

export type TextTest = (text: string | undefined) => boolean

/** The pattern as a test; absent texts match nothing. */
export function compileText(pattern: TextPattern): TextTest {
  if (typeof pattern === 'string') {
    if (!pattern.includes('*')) return (text) => text === pattern
    return wildcard(pattern)
  }
  if (pattern instanceof RegExp) {
    // `g` and `y` keep state between calls.
    const regexp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    return (text) => text !== undefined && regexp.test(text)
  }
  const tests = pattern.map(compileText)
  return (text) => tests.some((test) => test(text))
}

/** Passes every event. */
export const EVERY: EventTest = () => true

/** The match as a test of events; `undefined` matches every event (EVERY). Members named in `skip` are left out. */
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
  if (match?.where !== undefined) add('where', match.where)
  const [first, second] = tests
  if (first === undefined) return EVERY
  if (second === undefined) return first
  return (event) => {
    for (const test of tests) if (!test(event)) return false
    return true
  }
}

/** Wildcards by substring search: linear, whatever the pattern. */
function wildcard(pattern: string): TextTest {
  const parts = pattern.split('*')
  const head = parts[0] ?? ''
  const tail = parts[parts.length - 1] ?? ''
  const middle = parts.slice(1, -1).filter((part) => part !== '')
  return (text) => {
    if (text === undefined || text.length < head.length + tail.length) return false
    if (!text.startsWith(head) || !text.endsWith(tail)) return false
    const end = text.length - tail.length
    let from = head.length
    for (const part of middle) {
      const at = text.indexOf(part, from)
      if (at < 0 || at + part.length > end) return false
      from = at + part.length
    }
    return true
  }
}
