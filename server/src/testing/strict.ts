import type { Event } from 'weir-protocol'
import { WeirError } from '../errors.ts'

/** What is wrong with a test, not with the rule that it plays to. */
export function refused(problem: string): WeirError {
  return new WeirError('WEIR_TEST_INVALID', { problem })
}

/** Refuses a member that means nothing: nobody checks the types of a test while it runs. */
export function refuseUnknown(what: string, given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null)
    throw refused(`${what} has to be an object with ${known.join(', ')}; it is ${String(given)}`)
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) throw refused(`${what} has no field '${unknown}'; it has ${known.join(', ')}`)
}

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

/** The fields of an event: what each takes, and whether a value is that. */
const FIELDS: Readonly<Record<keyof Event, readonly [takes: string, is: (value: unknown) => boolean]>> = {
  host: ['a text', isText],
  service: ['a text', isText],
  state: ['a text', isText],
  description: ['a text', isText],
  metric: ['a number', isNumber],
  time: ['whole microseconds', Number.isSafeInteger],
  ttl: ['a number of seconds', isNumber],
  tags: ['a list of texts', (value) => Array.isArray(value) && value.every(isText)],
  attributes: [
    'an object of texts',
    (value) => typeof value === 'object' && value !== null && Object.values(value).every(isText),
  ],
}

/** Refuses what no sender could have sent: fields that no event has, values of another type. */
export function refuseParts(parts: Partial<Event>): void {
  refuseUnknown('an event', parts, Object.keys(FIELDS))
  for (const [field, [takes, is]] of Object.entries(FIELDS)) {
    const value: unknown = Reflect.get(parts, field)
    if (value === undefined || is(value)) continue
    throw refused(`${field} of an event takes ${takes}, not ${JSON.stringify(value) ?? String(value)}`)
  }
}

/** Refuses an object that lacks a member, or has another one. */
export function refuseOthers(what: string, given: object, members: readonly string[]): void {
  refuseUnknown(what, given, members)
  const missing = members.find((name) => Reflect.get(given, name) === undefined)
  if (missing !== undefined) throw refused(`${what} lacks '${missing}'; it has ${members.join(', ')}`)
}
