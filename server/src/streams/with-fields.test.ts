import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { map } from './map.ts'
import { rollup } from './rollup.ts'
import { type Fields, withFields } from './with-fields.ts'

const event: Partial<Event> = {
  host: 'tram 4',
  service: 'doors',
  state: 'open',
  metric: 1,
  ttl: 9,
  tags: ['t'],
  attributes: { line: '7', depot: 'n' },
}

const whole = map((e: Event) =>
  JSON.stringify([e.host, e.service, e.state, e.metric, e.time, e.ttl, e.tags, e.attributes]),
)

test.each<[Fields, string]>([
  [{}, '["tram 4","doors","open",1,1000000,9,["t"],{"line":"7","depot":"n"}]'],
  [{ state: 'shut', time: 5, tags: ['u'] }, '["tram 4","doors","shut",1,5,9,["u"],{"line":"7","depot":"n"}]'],
  [
    { host: undefined, metric: undefined, ttl: undefined, tags: undefined },
    '[null,"doors","open",null,1000000,null,[],{"line":"7","depot":"n"}]',
  ],
  [
    { attributes: { line: '9', depot: undefined, track: 'a' } },
    '["tram 4","doors","open",1,1000000,9,["t"],{"line":"9","track":"a"}]',
  ],
])('withFields(%j)', (fields, expected) => {
  expect(flow(pipe(withFields(fields), whole), [[1, event]], 9)).toEqual([`1 ${expected}`])
})

test('a list is changed event by event', () => {
  const shut = pipe(rollup<Event>(0, '5s'), withFields({ state: 'shut', host: undefined }))
  expect(
    flow(
      shut,
      [
        [1, event],
        [2, { host: 'b' }],
      ],
      9,
    ),
  ).toEqual(['5 [doors 1 shut shut]'])
})

test('it fits in a by, without a type', () => {
  expect(flow(by('host', withFields({ state: 'shut' })), [[1, event]], 9)).toEqual(['1 tram 4 doors 1 shut'])
})
