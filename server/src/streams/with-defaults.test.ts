import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { withDefaults } from './with-defaults.ts'

const whole = map((e: Event) =>
  JSON.stringify([e.host, e.service, e.state, e.description, e.metric, e.ttl, e.tags]),
)

test('withDefaults fills in what is missing, and only that', () => {
  const defaults = { host: 'h', service: 's', state: 'ok', description: 'd', metric: 1, ttl: 30 }
  const input = [
    [1, { tags: ['x'] }],
    [2, { host: 'a', service: '', state: 'bad', description: '', metric: 0, ttl: 0 }],
    [3, { metric: 5 }],
  ] as const
  expect(flow(pipe(withDefaults(defaults), whole), input, 9)).toEqual([
    '1 ["h","s","ok","d",1,30,["x"]]',
    '2 ["a","","bad","",0,0,[]]',
    '3 ["h","s","ok","d",5,30,[]]',
  ])
  expect(flow(pipe(withDefaults({ ttl: 120 }), whole), [[1, { host: 'a' }]], 9)).toEqual([
    '1 ["a",null,null,null,null,120,[]]',
  ])
})
