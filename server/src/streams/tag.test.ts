import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { tag } from './tag.ts'

const tags = map((event: Event) => event.tags.join(' '))
const input: readonly Arrival[] = [
  [1, { tags: ['c', 'a'] }],
  [2, {}],
  [3, { tags: ['x', 'x'] }],
]

test.each<[readonly string[], readonly string[]]>([
  [
    ['a', 'b'],
    ['1 a b c', '2 a b', '3 a b x'],
  ],
  [['x'], ['1 x c a', '2 x', '3 x']],
  [[], ['1 c a', '2', '3 x']],
])('tag(%j) puts them first, none twice', (added, expected) => {
  expect(flow(pipe(tag(...added), tags), input, 9)).toEqual(expected)
})
