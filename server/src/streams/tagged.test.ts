import { expect, test } from 'vitest'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { tagged } from './tagged.ts'

const input: readonly Arrival[] = [
  [1, { tags: ['a'] }],
  [2, { tags: ['b', 'c', 'a'] }],
  [3, {}],
  [4, { tags: ['ab'] }],
]

test.each<[readonly string[], readonly string[]]>([
  [['a'], ['1', '2']],
  [['a', 'b'], ['2']],
  [['d'], []],
  [[], ['1', '2', '3', '4']],
])('tagged(%j) passes the events that have all of them', (tags, expected) => {
  expect(flow(tagged(...tags), input, 9)).toEqual(expected)
})
