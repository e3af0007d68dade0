import { expect, test } from 'vitest'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { where } from './where.ts'

const input: readonly Arrival[] = [
  [1, { service: 'api/login', state: 'ok' }],
  [2, { service: 'api/login', state: 'bad', metric: 3 }],
  [3, { service: 'db' }],
  [4, {}],
]

test('where passes what matches as data, as in the match of a rule', () => {
  expect(flow(where({ service: 'api/*', not: { state: 'ok' } }), input, 9)).toEqual(['2 api/login 3 bad'])
  expect(flow(where({}), input, 9)).toHaveLength(4)
})

test('where passes what fulfils a predicate; a throw drops that event', () => {
  expect(
    flow(
      where((event) => event.metric === 3),
      input,
      9,
    ),
  ).toEqual(['2 api/login 3 bad'])
  const fragile = where((event) => {
    if (event.service === undefined) throw new Error('no service')
    return event.service === 'db'
  })
  expect(flow(fragile, input, 9)).toEqual(['3 db', "rule 'rule 1', where: no service"])
})
