import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { eventsIn } from './events-in.ts'

const event = (time: number) => makeEvent({ time, metric: time })
const times = (state: unknown, most = 10) => eventsIn(state, most).map(({ time }) => time)

test.each<[string, unknown, readonly number[]]>([
  ['nothing', null, []],
  ['a number', 7, []],
  ['an event itself', event(1), [1]],
  ['members, the oldest first', { last: event(3), first: event(1), since: 12, none: null }, [1, 3]],
  ['lists in members', { held: [event(1), event(2)], places: [{ event: event(3), arrival: 4 }] }, [1, 2, 3]],
  [
    'as deep as in what a join holds',
    {
      keys: { heap: [{ key: '["a"]', item: { left: [{ event: event(1), arrival: 1 }], right: [] } }] },
      size: 1,
    },
    [1],
  ],
  ['the same one twice, also as another object', { last: event(1), waiting: [event(1)] }, [1]],
  ['what only looks like one', { time: 1, tags: 'no', attributes: {} }, []],
])('finds events in what an operator holds: %s', (_, state, expected) => {
  expect(times(state)).toEqual(expected)
})

test('of many the first and the last ones, without going through all', () => {
  const held = Array.from({ length: 1000 }, (_, n) => event(n))
  let looked = 0
  const counting = new Proxy(held, {
    get(list, name, it) {
      looked += 1
      return Reflect.get(list, name, it)
    },
  })
  expect(times({ held: counting }, 4)).toEqual([0, 1, 998, 999])
  expect(looked).toBeLessThan(50)
  expect(times({ held }, 1)).toEqual([0])
  expect(times({ held }, 0)).toEqual([])
})
