import { type Event, MAX_EVENTS } from 'weir-protocol'
import type { z } from 'zod'
import { messageOf, WeirError } from '../errors.ts'

/** What an input made of one body. */
export interface Mapped {
  readonly events: readonly Event[]
  /** Values that were understood and hold nothing, such as the first sample of a rate. */
  readonly skipped: number
  /** The first of the elements that were not understood, at most REJECTIONS_TOLD; the others were taken. */
  readonly rejected: readonly Rejection[]
  readonly rejectedCount: number
}

/** Where in the body: the element of its array from 0, or the line from 1; and what is wrong there. */
export type Rejection = ({ readonly index: number } | { readonly line: number }) & {
  readonly problem: string
}

export const REJECTIONS_TOLD = 10

/** What became of one element: its events, or what is wrong with it. */
export type Element =
  | { readonly events: readonly Event[]; readonly skipped?: number }
  | { readonly problem: string }

/**
 * Maps the elements of a body one by one: a broken one does not spoil the others.
 *
 * @throws {WeirError} WEIR_BODY_TOO_LARGE above MAX_EVENTS elements or events.
 */
export function mapElements<T>(
  elements: Iterable<T>,
  map: (element: T) => Element,
  place: (element: T, at: number) => { readonly index: number } | { readonly line: number } = (_, index) => ({
    index,
  }),
): Mapped {
  const events: Event[] = []
  const rejected: Rejection[] = []
  let rejectedCount = 0
  let skipped = 0
  let at = 0
  for (const element of elements) {
    const mapped = map(element)
    if ('problem' in mapped) {
      if (++rejectedCount <= REJECTIONS_TOLD)
        rejected.push({ ...place(element, at), problem: mapped.problem })
    } else {
      for (const event of mapped.events) events.push(event)
      skipped += mapped.skipped ?? 0
    }
    if (++at > MAX_EVENTS || events.length > MAX_EVENTS)
      throw new WeirError('WEIR_BODY_TOO_LARGE', { limit: `${MAX_EVENTS} events` })
  }
  return { events, skipped, rejected, rejectedCount }
}

/** Parses JSON. @throws {WeirError} WEIR_BODY_NOT_JSON, which says where. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw new WeirError('WEIR_BODY_NOT_JSON', { problem: 'it is empty' })
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new WeirError('WEIR_BODY_NOT_JSON', { problem: messageOf(thrown) }, { cause: thrown })
  }
}

/** What a value of JSON is, for a message: `an array`, `null`, `a string` … */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The first thing that zod found wrong: `ttl: expected number, received string`. */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return error.message
  const message = issue.message.replace(/^Invalid input: /, '')
  return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`
}
