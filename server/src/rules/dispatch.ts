import type { Event } from 'weir-protocol'
import { compileMatch, compileText, type EventTest, type Match, type TextTest } from './match.ts'

/** How many distinct services (hosts, states) are remembered; beyond it the memo starts anew. */
export const MEMO_LIMIT = 100_000
/** Longer texts are not remembered. */
export const MEMO_TEXT_LIMIT = 256

const NONE: readonly number[] = []

/** The rules that constrain one field, and which of them each value of that field concerns. */
class FieldIndex {
  readonly #rules: { readonly rule: number; readonly test: TextTest }[] = []
  readonly #memo = new Map<string | undefined, readonly number[]>()
  resets = 0

  add(rule: number, test: TextTest): void {
    this.#rules.push({ rule, test })
  }

  /** Sorted. */
  concerned(value: string | undefined): readonly number[] {
    if (this.#rules.length === 0) return NONE
    const known = this.#memo.get(value)
    if (known !== undefined) return known
    const tests = this.#rules.filter(({ test }) => test(value))
    const found = tests.length === 0 ? NONE : tests.map(({ rule }) => rule)
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
 * per event, for the few rules that remain.
 */
export class Dispatch {
  readonly #services = new FieldIndex()
  readonly #hosts = new FieldIndex()
  readonly #states = new FieldIndex()
  readonly #tags = new Map<string, number[]>()
  readonly #always: number[] = []
  readonly #rest: EventTest[] = []
  readonly #found: number[] = []
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
      } else {
        this.#always.push(rule)
        this.#rest.push(compileMatch(match))
      }
    })
  }

  /** How often a memo was full and started anew. */
  get memoResets(): number {
    return this.#services.resets + this.#hosts.resets + this.#states.resets
  }

  /** The numbers of the rules concerned; the array is used again by the next call. */
  rulesFor(event: Event): readonly number[] {
    const found = this.#found
    found.length = 0
    this.#collect(this.#always, event)
    this.#collect(this.#services.concerned(event.service), event)
    this.#collect(this.#hosts.concerned(event.host), event)
    this.#collect(this.#states.concerned(event.state), event)
    if (this.#tags.size > 0) this.#collectTagged(event)
    return found
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
      let at = found.length
      while (at > 0 && (found[at - 1] ?? -1) > rule) at--
      if (at === found.length) found.push(rule)
      else found.splice(at, 0, rule)
    }
  }

  #passes(rule: number, event: Event): boolean {
    try {
      return this.#rest[rule]?.(event) === true
    } catch (error) {
      this.#threw(rule, error, event)
      return false
    }
  }
}

function firstTag(tagged: string | readonly string[]): string | undefined {
  return typeof tagged === 'string' ? tagged : tagged[0]
}
