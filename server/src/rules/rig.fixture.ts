import type { MonoTypeOperatorFunction, OperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { Fold, type FoldOptions } from '../fold.ts'
import { type RuleOptions, rule } from './rule.ts'
import { stage } from './stage.ts'

/** An event, and the second at which it arrives; its own time is the same unless given (microseconds). */
export type Arrival = readonly [second: number, parts: Partial<Event>]

/** What a test sees of a value: an event as host, service, metric and state, a list in brackets. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const { host, service, metric, state } = value as Partial<Event>
  return [host, service, metric, state].filter((part) => part !== undefined).join(' ')
}

/**
 * Rules on a fold in virtual time, and what passes through `note()` in them. Times are seconds. Without a `match` of
 * their own they concern all events but the hub's.
 */
export class Rig {
  readonly seen: string[] = []
  readonly failures: string[] = []
  readonly fold: Fold
  #position = 0

  /** `rules` gets the rig, to put `note()` where it wants to look. */
  constructor(
    rules: (rig: Rig) => readonly (RuleOptions & { readonly name?: string })[],
    options: Partial<FoldOptions> = {},
  ) {
    this.fold = new Fold({
      rules: rules(this).map((parts, n) =>
        rule(parts.name ?? `rule ${n + 1}`, { match: { not: { tagged: 'weir' } }, ...parts }),
      ),
      name: 'hub',
      report: (line) => this.failures.push(line),
      ...options,
    })
  }

  get now(): number {
    return this.fold.clock.now / SECOND
  }

  /** An operator of ours that passes everything on and notes when, where and what. */
  note<T>(label = ''): MonoTypeOperatorFunction<T> {
    return stage('note', (value, output) => {
      this.seen.push([this.now, label, show(value)].filter((part) => part !== '').join(' '))
      output.next(value)
    })
  }

  /** One message with these events arrives. */
  send(second: number, ...events: readonly Partial<Event>[]): this {
    this.run(second)
    this.fold.events(events.map((parts) => makeEvent({ time: second * SECOND, ...parts })))
    return this
  }

  /** Lets the clock go on. */
  run(second: number): this {
    this.fold.begin(++this.#position)
    this.fold.advance(second * SECOND)
    return this
  }
}

/** What comes out of an operator in a rule, and when. */
export function flow(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
  options: Partial<FoldOptions> = {},
): string[] {
  const rig = new Rig((rig) => [{ stream: (source) => source.pipe(operator, rig.note()) }], options)
  for (const [second, parts] of input) rig.send(second, parts)
  rig.run(until)
  return [...rig.seen, ...rig.failures]
}

/** Metrics, each at its second. */
export function metrics(...input: readonly (readonly [second: number, metric: number])[]): Arrival[] {
  return input.map(([second, metric]) => [second, { metric }])
}

/** States, each at its second; an empty one is missing. */
export function states(...input: readonly (readonly [second: number, state: string])[]): Arrival[] {
  return input.map(([second, state]) => [second, state === '' ? {} : { state }])
}
