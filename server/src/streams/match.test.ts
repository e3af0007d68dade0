import { expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { match, matches, type Pattern } from './match.ts'

test('match passes the values of which a part meets the pattern; a throw drops that value', () => {
  const fragile = match((event: Event) => {
    if (event.metric === 13) throw new Error('thirteen')
    return (event.metric ?? 0) % 2
  }, 1)
  expect(flow(fragile, metrics([1, 5], [2, 6], [3, 13], [4, 7]), 9)).toEqual([
    '1 5',
    '4 7',
    "rule 'rule 1', match: thirteen",
  ])
})

const event = makeEvent({ host: 'weir-1', state: 'open', metric: 3, time: 0 })

test.each<[Pattern, unknown, boolean]>([
  [/jam+ed/, 'shuttle jammed', true],
  [/^jam/, 'shuttle jammed', false],
  [/3/, 3, false],
  [/a/g, 'a', true],
  [new Set(['red', 'amber']), 'red', true],
  [new Set(['red', undefined]), undefined, true],
  [new Set(['red', 'amber']), 'green', false],
  [(value) => typeof value === 'number', 3, true],
  [(value) => value, 0, false],
  [null, undefined, true],
  [undefined, null, true],
  [null, '', false],
  ['a', 'a', true],
  ['a', 'ab', false],
  [4, 4, true],
  [4, '4', false],
  [false, false, true],
  [false, undefined, false],
  [{ host: /^weir/, state: new Set(['open', 'ajar']), metric: 3 }, event, true],
  [{ host: /^weir/, metric: undefined }, event, false],
  [{ description: null }, event, true],
  [{ attributes: { team: 'x' } }, event, false],
  [{}, 'anything', true],
  [{ host: 'a' }, undefined, false],
])('%o against %o: %s', (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected)
  // A regular expression with `g` must not go on where it stopped.
  expect(matches(pattern, value)).toBe(expected)
})
