import { expect, test } from 'vitest'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { taggedAny } from './tagged-any.ts'

const input: readonly Arrival[] = [
  [1, { tags: ['a'] }],
  [2, { tags: ['b', 'c', 'a'] }],
  [3, {}],
  [4, { tags: ['ab'] }],
]

test.each<[readonly string[], readonly string[]]>([
  [['a'], ['1', '2']],
  [
    ['ab', 'c'],
    ['2', '4'],
  ],
  [['d'], []],
  [[], []],
])('taggedAny(%j) passes the events that have one of them', (tags, expected) => {
  expect(flow(taggedAny(...tags), input, 9)).toEqual(expected)
})
