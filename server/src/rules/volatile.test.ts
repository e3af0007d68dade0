import {
  debounceTime,
  identity,
  map as mapOfRxjs,
  merge as mergeOfRxjs,
  type OperatorFunction,
  pipe,
} from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { WeirError } from '../errors.ts'
import { Fold } from '../fold.ts'
import { by } from '../streams/by.ts'
import { changedState } from '../streams/changed-state.ts'
import { map } from '../streams/map.ts'
import { rule } from './rule.ts'
import { mustLookBack } from './volatile.ts'

/** What is said of a rule with this stream. */
function refusal(stream: OperatorFunction<Event, unknown>, lookback?: '5m'): string | undefined {
  const rules = [rule('r', lookback === undefined ? { stream } : { stream, lookback })]
  const { engine } = new Fold({ rules, name: 'hub', report: () => {}, trial: true })
  try {
    mustLookBack(engine.runs)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(WeirError)
    expect(error).toMatchObject({ code: 'WEIR_RULE_VOLATILE' })
    return error instanceof WeirError
      ? error.message.replace(/server.src.rules.volatile\.test\.ts:\d+/g, 'FILE:LINE')
      : ''
  }
}

const REST =
  "keeps what it holds to itself, and a restart loses it; write how much of the past the rule sees again then, such as lookback: '10m', or use operators of weir-hub, which has a map, filter and merge of its own"

test.each([
  ['none of ours', debounceTime<Event>(5), 'an operator of RxJS at its beginning'],
  ['one without a state', mapOfRxjs((e: Event) => e), 'an operator of RxJS at its beginning'],
  [
    'behind one of ours',
    pipe(
      map((e: Event) => e),
      debounceTime(5),
    ),
    'an operator of RxJS behind map (FILE:LINE)',
  ],
  [
    'one inside of by, behind one that is a by itself',
    by('host', changedState(), debounceTime(5)),
    'an operator of RxJS behind by(host,service) (FILE:LINE)',
  ],
  ['first inside of by', by('host', debounceTime(5)), 'an operator of RxJS behind by(host) (FILE:LINE)'],
  [
    'of several, the first',
    pipe(debounceTime<Event>(5), changedState(), debounceTime(9)),
    'an operator of RxJS at its beginning',
  ],
  [
    'streams that RxJS puts together',
    (events) => mergeOfRxjs(events.pipe(map(identity)), events.pipe(changedState())),
    'a function of RxJS that puts its streams together',
  ],
] satisfies readonly (readonly [string, OperatorFunction<Event, unknown>, string])[])(
  'a rule with %s is refused without a lookback',
  (_, stream, what) => {
    expect(refusal(stream)).toBe(`FILE:LINE: rule 'r': ${what} ${REST}`)
    expect(refusal(stream, '5m')).toBeUndefined()
  },
)

test("one of Weir's operators alone needs none", () => {
  expect(
    refusal(
      pipe(
        map((e: Event) => e),
        by('host', changedState()),
      ),
    ),
  ).toBeUndefined()
})
