import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { untag } from './untag.ts'

const tags = map((event: Event) => event.tags.join(' '))
const input: readonly Arrival[] = [
  [1, { tags: ['w', 'x', 'y', 'x'] }],
  [2, { tags: ['x'] }],
  [3, {}],
]

test.each<[readonly string[], readonly string[]]>([
  [
    ['x', 'y'],
    ['1 w', '2', '3'],
  ],
  [['z'], ['1 w x y x', '2 x', '3']],
  [[], ['1 w x y x', '2 x', '3']],
])('untag(%j) takes them away', (taken, expected) => {
  expect(flow(pipe(untag(...taken), tags), input, 9)).toEqual(expected)
})
