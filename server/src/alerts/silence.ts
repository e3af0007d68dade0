import { compileText, type TextTest } from '../rules/match.ts'
import type { Alert } from './alert.ts'

/** Which alerts a silence holds back: all members that are there must match; `*` stands for any run of characters. */
export interface SilenceMatch {
  readonly rule?: string | undefined
  readonly host?: string | undefined
  readonly service?: string | undefined
  readonly severity?: string | undefined
}

/** Somebody wants not to be told of some alerts for a while. */
export interface Silence {
  readonly id: string
  readonly match: SilenceMatch
  readonly who: string
  readonly why: string
  readonly since: number
  /** Microseconds; undefined: until something that it matches is over and nothing that it matches is open. */
  readonly until: number | undefined
  /** Whether something that it matches is over. */
  readonly ending: boolean
}

/** How many silences there may be. */
export const SILENCE_LIMIT = 1_000

type Tests = readonly (readonly [field: keyof SilenceMatch, test: TextTest])[]

/** The silences that are in force. */
export class Silences {
  readonly #silences = new Map<string, { readonly silence: Silence; readonly tests: Tests }>()

  /** In the order in which they were made. */
  get all(): readonly Silence[] {
    return [...this.#silences.values()].map(({ silence }) => silence)
  }

  get size(): number {
    return this.#silences.size
  }

  /** Whether there is one that ends when nothing that it matches is open. */
  get ending(): boolean {
    for (const { silence } of this.#silences.values()) if (silence.ending) return true
    return false
  }

  /** When the first of them ends, in microseconds. */
  get nextEnd(): number {
    return Math.min(...this.all.map(({ until }) => until ?? Number.POSITIVE_INFINITY))
  }

  add(silence: Silence): void {
    const { rule, host, service, severity } = silence.match
    const tests = Object.entries({ rule, host, service, severity }).flatMap(([field, pattern]) =>
      pattern === undefined || !isField(field) ? [] : [[field, compileText(pattern)] as const],
    )
    this.#silences.set(silence.id, { silence, tests })
  }

  /** Answers the one that was there. */
  remove(id: string): Silence | undefined {
    const held = this.#silences.get(id)
    this.#silences.delete(id)
    return held?.silence
  }

  /** The silence that holds the alert back, the oldest where there are several. */
  find(alert: Alert): Silence | undefined {
    for (const { silence, tests } of this.#silences.values()) if (matches(alert, tests)) return silence
    return undefined
  }

  /** An alert is over: those without a time that match it end when nothing else that they match is open. */
  over(alert: Alert): void {
    for (const [id, held] of this.#silences) {
      if (held.silence.until !== undefined || held.silence.ending || !matches(alert, held.tests)) continue
      this.#silences.set(id, { ...held, silence: { ...held.silence, ending: true } })
    }
  }

  /** Takes out those without a time that nothing keeps any more; `open` are the alerts that are not over, or not told. */
  end(open: () => Iterable<Alert>): readonly Silence[] {
    const ending = [...this.#silences].filter(([, { silence }]) => silence.ending)
    if (ending.length === 0) return []
    const over = new Map(ending)
    for (const alert of open()) for (const [id, { tests }] of over) if (matches(alert, tests)) over.delete(id)
    for (const id of over.keys()) this.#silences.delete(id)
    return [...over.values()].map(({ silence }) => silence)
  }

  /** Takes out those whose time is over. */
  expire(now: number): readonly Silence[] {
    const over = this.all.filter(({ until }) => until !== undefined && until <= now)
    for (const { id } of over) this.#silences.delete(id)
    return over
  }
}

/** `rule=disk * host=web-1`: what a silence matches, for people. */
export function matchText(match: SilenceMatch): string {
  return Object.entries(match)
    .flatMap(([field, pattern]) => (pattern === undefined ? [] : [`${field}=${pattern}`]))
    .join(' ')
}

function matches(alert: Alert, tests: Tests): boolean {
  return tests.every(([field, test]) => test(fieldOf(alert, field)))
}

function isField(field: string): field is keyof SilenceMatch {
  return field === 'rule' || field === 'host' || field === 'service' || field === 'severity'
}

function fieldOf(alert: Alert, field: keyof SilenceMatch): string | undefined {
  if (field === 'rule') return alert.rule
  if (field === 'severity') return alert.severity
  return alert.event[field]
}
