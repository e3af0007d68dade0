import type { Event } from 'weir-protocol'
import { compileQuery } from '../query/compile.ts'
import { keyTest, testBeside } from '../query/key-test.ts'
import type { KeyField } from '../query/plan.ts'
import { all, EVERY } from '../query/predicate.ts'
import { compileMatch, compileText, type EventTest, type Match, type TextTest } from './match.ts'

/** How many distinct services (hosts, states) are remembered; beyond it the memo starts anew. */
export const MEMO_LIMIT = 100_000
/** Longer texts are not remembered. */
export const MEMO_TEXT_LIMIT = 256

/** The numbers of rules, in their order: the first `count` of them. */
interface Concerned {
  readonly rules: readonly number[]
  readonly count: number
}

/** Rules that an event may concern by one of its fields. */
interface Candidates extends Concerned {
  /** Whether it concerns them without further tests. */
  readonly certain: boolean
}

const NONE: Candidates = { rules: [], count: 0, certain: true }

/** The rules that constrain one field, and which of them each value of that field concerns. */
class FieldIndex {
  readonly #rules: { readonly rule: number; readonly test: TextTest }[] = []
  readonly #memo = new Map<string | undefined, Candidates>()
  readonly #rest: readonly EventTest[]
  resets = 0

  /** `rest`: by rule, what else is asked of an event. */
  constructor(rest: readonly EventTest[]) {
    this.#rest = rest
  }

  add(rule: number, test: TextTest): void {
    this.#rules.push({ rule, test })
  }

  get empty(): boolean {
    return this.#rules.length === 0
  }

  concerned(value: string | undefined): Candidates {
    if (this.#rules.length === 0) return NONE
    const known = this.#memo.get(value)
    if (known !== undefined) return known
    const rules = this.#rules.filter(({ test }) => test(value)).map(({ rule }) => rule)
    const certain = rules.every((rule) => this.#rest[rule] === EVERY)
    const found = rules.length === 0 ? NONE : { rules, count: rules.length, certain }
    if (value !== undefined && value.length > MEMO_TEXT_LIMIT) return found
    if (this.#memo.size >= MEMO_LIMIT) {
      this.#memo.clear()
      this.resets += 1
    }
    this.#memo.set(value, found)
    return found
  }
}

/**
 * Finds the rules that an event concerns, in the order of the configuration.
 *
 * Each rule stands under one field that it constrains (service, else host, tag, state); what else it asks is tested
 * per event, for the few rules that remain. A query stands for what it asks of one of them. Rules that constrain none of them are found with the service's.
 */
export class Dispatch {
  readonly #rest: EventTest[] = []
  readonly #services = new FieldIndex(this.#rest)
  readonly #hosts = new FieldIndex(this.#rest)
  readonly #states = new FieldIndex(this.#rest)
  readonly #tags = new Map<string, number[]>()
  /** Whether no rule stands under another field than the service. */
  readonly #onlyServices: boolean
  /** Its array is never cut, since it would be made anew then. */
  readonly #found: { rules: number[]; count: number } = { rules: [], count: 0 }
  readonly #threw: (rule: number, error: unknown, event: Event) => void

  /** `threw` hears of a `where` that threw; its rule then does not concern that event. */
  constructor(
    matches: readonly (Match | undefined)[],
    threw: (rule: number, error: unknown, event: Event) => void,
  ) {
    this.#threw = threw
    matches.forEach((match, rule) => {
      if (match?.service !== undefined) {
        this.#services.add(rule, compileText(match.service))
        this.#rest.push(compileMatch(match, 'service'))
      } else if (match?.host !== undefined) {
        this.#hosts.add(rule, compileText(match.host))
        this.#rest.push(compileMatch(match, 'host'))
      } else if (match?.tagged !== undefined && firstTag(match.tagged) !== undefined) {
        const tag = firstTag(match.tagged) ?? ''
        this.#tags.set(tag, [...(this.#tags.get(tag) ?? []), rule])
        this.#rest.push(compileMatch(match))
      } else if (match?.state !== undefined) {
        this.#states.add(rule, compileText(match.state))
        this.#rest.push(compileMatch(match, 'state'))
      } else if (match === undefined || !this.#addByQuery(rule, match)) {
        this.#services.add(rule, () => true)
        this.#rest.push(compileMatch(match))
      }
    })
    this.#onlyServices = this.#hosts.empty && this.#states.empty && this.#tags.size === 0
  }

  /** Whether the query of the match says enough of one field to find the rule by it. */
  #addByQuery(rule: number, match: Match): boolean {
    if (match.query === undefined) return false
    const { plan } = compileQuery(match.query)
    const beside = (field: KeyField) =>
      all([testBeside(plan, field), compileMatch(match, 'query')].filter(isTest))
    const service = keyTest(plan, 'service')
    const host = service === undefined ? keyTest(plan, 'host') : undefined
    const tagged = plan.rest.find((predicate) => predicate.kind === 'tagged')
    if (service !== undefined) {
      this.#services.add(rule, service)
      this.#rest.push(beside('service'))
    } else if (host !== undefined) {
      this.#hosts.add(rule, host)
      this.#rest.push(beside('host'))
    } else if (tagged !== undefined) {
      this.#tags.set(tagged.tag, [...(this.#tags.get(tagged.tag) ?? []), rule])
      this.#rest.push(compileMatch(match))
    } else return false
    return true
  }

  /** How often a memo was full and started anew. */
  get memoResets(): number {
    return this.#services.resets + this.#hosts.resets + this.#states.resets
  }

  /** The rules concerned; what is answered may be used again by the next call. */
  rulesFor(event: Event): Concerned {
    const services = this.#services.concerned(event.service)
    if (this.#onlyServices && services.certain) return services
    const hosts = this.#hosts.concerned(event.host)
    const states = this.#states.concerned(event.state)
    this.#found.count = 0
    this.#collect(services.rules, event)
    this.#collect(hosts.rules, event)
    this.#collect(states.rules, event)
    if (this.#tags.size > 0) this.#collectTagged(event)
    return this.#found
  }

  #collectTagged(event: Event): void {
    const { tags } = event
    for (let i = 0; i < tags.length; i++) {
      const tag = tags[i] ?? ''
      const rules = this.#tags.get(tag)
      // An event may carry a tag twice.
      if (rules !== undefined && tags.indexOf(tag) === i) this.#collect(rules, event)
    }
  }

  /** Keeps `found` sorted. */
  #collect(rules: readonly number[], event: Event): void {
    const found = this.#found
    for (const rule of rules) {
      if (!this.#passes(rule, event)) continue
      let at = found.count++
      for (; at > 0; at--) {
        const before = found.rules[at - 1] ?? -1
        if (before < rule) break
        found.rules[at] = before
      }
      found.rules[at] = rule
    }
  }

  #passes(rule: number, event: Event): boolean {
    const rest = this.#rest[rule]
    if (rest === EVERY) return true
    try {
      return rest?.(event) === true
    } catch (error) {
      this.#threw(rule, error, event)
      return false
    }
  }
}

/** What says something at all. */
function isTest(test: EventTest): boolean {
  return test !== EVERY
}

function firstTag(tagged: string | readonly string[]): string | undefined {
  return typeof tagged === 'string' ? tagged : tagged[0]
}
