import { expect, test } from 'vitest'
import { WeirError } from '../errors.ts'
import { destinationsOf } from './destinations.ts'
import { logOnly } from './log.ts'

const ops = logOnly({ name: 'ops' })
const night = logOnly({ name: 'night' })

test('are those that rules name, once each, in the order of naming', () => {
  expect(destinationsOf([[night, 'a'], [ops, 'a'], [night, 'b']])).toEqual([night, ops]) // biome-ignore format: a table
})

test.each([
  [
    'an object of another kind',
    { name: 'ops' },
    "'ops' is no destination; make it with slack() or logOnly()",
  ],
  ['a typo in JavaScript', undefined, 'undefined is no destination; make it with slack() or logOnly()'],
  ['a name', 'ops', 'ops is no destination; make it with slack() or logOnly()'],
  ['a second one of this name', logOnly({ name: 'ops' }), "there are two destinations named 'ops'"],
])('%s is refused', (_, target, problem) => {
  const refusal = () => destinationsOf([[ops, 'disk full'], [target, 'host down']]) // biome-ignore format: short
  expect(refusal).toThrow(WeirError)
  expect(refusal).toThrow(`rule 'host down': notify: ${problem}`)
})
