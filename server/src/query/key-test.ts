import { makeEvent } from 'weir-protocol'
import type { KeyField, KeyValue, Plan } from './plan.ts'
import { all, compilePredicate, type EventTest } from './predicate.ts'

export type KeyTest = (value: KeyValue) => boolean

/** What the plan asks of this field alone, as a test of its values; undefined where it asks nothing. */
export function keyTest({ exact, onlyOf, nothing, regexes }: Plan, field: KeyField): KeyTest | undefined {
  const named = exact[field]
  if (named === undefined && onlyOf[field].length === 0) return undefined
  if (nothing) return () => false
  const test = all(onlyOf[field].map((one) => compilePredicate(one, regexes)))
  return (value) =>
    (named === undefined || value === named.value) && test(makeEvent({ [field]: value, time: 0 }))
}

/** What the plan asks besides that. */
export function testBeside({ exact, onlyOf, rest, regexes }: Plan, field: KeyField): EventTest {
  const other = field === 'host' ? 'service' : 'host'
  const named = exact[other]
  return all([
    ...(named === undefined ? [] : ([(event) => event[other] === named.value] satisfies EventTest[])),
    ...[...onlyOf[other], ...rest].map((one) => compilePredicate(one, regexes)),
  ])
}
