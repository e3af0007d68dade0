import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { loadFold, saveFold } from '../checkpoint.ts'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { stage } from '../rules/stage.ts'
import { by } from './by.ts'

/** An event as host, service, metric, state, ttl and its own time, a list in brackets, anything else as it is. */
export function line(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(line).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if (!('time' in value)) return JSON.stringify(value)
  const { host, service, metric, state, ttl, time = 0 } = value as Partial<Event>
  return [
    host,
    service,
    metric === undefined ? undefined : Number(metric.toPrecision(12)),
    state,
    ttl === undefined ? undefined : `ttl ${ttl}`,
    `@${time / SECOND}`,
  ]
    .filter((part) => part !== undefined)
    .join(' ')
}

/** Arrives at one second, and happened at another. */
export function sent(second: number, time: number, parts: Partial<Event> = {}): Arrival {
  return [second, { ...parts, time: time * SECOND }]
}

/**
 * What comes out of an operator, and when, then what failed. It has to be the same in a rule, inside a `by` in both
 * forms, and where the hub is restored from a checkpoint before each arrival: else this throws.
 *
 * `eager`: the operator begins with its group, so that it may differ inside of a `by`; there only the forms are compared.
 */
export function outOf(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
  { eager = false } = {},
): string[] {
  const plain = run(operator, input, until)
  const shared = run(by('host', operator), input, until)
  same(
    'inside a by with one pipeline for each key',
    run(by({ keys: 'host', separate: true }, operator), input, until),
    shared,
  )
  if (!eager && new Set(input.map(([, { host }]) => host)).size < 2) same('inside a by', shared, plain)
  same('restored before each arrival', run(operator, input, until, true), plain)
  same('inside a by, restored before each arrival', run(by('host', operator), input, until, true), shared)
  return plain
}

/** What comes out of an operator inside `by('host', …)`; see `outOf`. */
export function outByHost(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
): string[] {
  outOf(operator, input, until, { eager: true })
  return run(by('host', operator), input, until)
}

/** The same without looking whether it is sound. */
export function plainByHost(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
): string[] {
  return run(by('host', operator), input, until)
}

/** What comes out of an operator in a rule, without looking whether it is sound. */
export function plainOf(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
): string[] {
  return run(operator, input, until)
}

/** The same where what arrives at one moment arrives in one message. */
export function batchedOf(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
): string[] {
  return run(operator, input, until, false, true)
}

function run(
  operator: OperatorFunction<Event, unknown>,
  input: readonly Arrival[],
  until: number,
  restored = false,
  batched = false,
): string[] {
  const seen: string[] = []
  const failures: string[] = []
  const fresh = () =>
    new Rig(
      (rig) => [
        {
          stream: (source) =>
            source.pipe(
              operator,
              stage('note', (value) => {
                seen.push(`${rig.now}: ${line(value)}`)
              }),
            ),
        },
      ],
      { report: (text) => failures.push(text) },
    )
  let rig = fresh()
  for (const message of batched ? messagesOf(input) : input.map((arrival) => [arrival] as const)) {
    if (restored) rig = restore(rig, fresh())
    rig.send(message[0][0], ...message.map(([, parts]) => parts))
  }
  if (restored) rig = restore(rig, fresh())
  rig.run(until)
  return [...seen, ...failures]
}

/** One for each moment. */
function messagesOf(input: readonly Arrival[]): (readonly [Arrival, ...Arrival[]])[] {
  return [...Map.groupBy(input, ([second]) => second).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  )
}

function restore(before: Rig, after: Rig): Rig {
  loadFold(after.fold, JSON.parse(JSON.stringify(saveFold(before.fold))))
  return after
}

function same(where: string, is: readonly string[], expected: readonly string[]): void {
  if (JSON.stringify(is) === JSON.stringify(expected)) return
  throw new Error(`${where} it gives\n${is.join('\n')}\ninstead of\n${expected.join('\n')}`)
}
