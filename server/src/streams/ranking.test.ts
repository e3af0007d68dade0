import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { emptyRanking, itemOf, keyOf, least, put, type Ranked, remove } from './ranking.ts'

/** Puts a value in for a host, or takes that host out. */
const steps = fc.array(
  fc.record({ host: fc.integer({ min: 0, max: 12 }), value: fc.option(fc.integer({ min: 0, max: 6 })) }),
  { maxLength: 120 },
)

test('the least is that of a sorted list, whatever was put in and taken out', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const ranking = emptyRanking<Event>()
      const list: { readonly host: string; value: number }[] = []
      for (const { host: n, value } of all) {
        const host = `h${n}`
        const event = makeEvent({ host, time: 0 })
        const known = list.findIndex((one) => one.host === host)
        if (value === null) {
          remove(ranking, keyOf(event))
          if (known >= 0) list.splice(known, 1)
        } else {
          put(ranking, keyOf(event), event, value)
          if (known >= 0) list[known] = { host, value }
          else list.push({ host, value })
        }
        const [expected] = list.toSorted((a, b) => a.value - b.value)
        expect(least(ranking)?.item.host).toBe(expected?.host)
        expect(ranking.heap.length).toBe(list.length)
        expect(itemOf(ranking, keyOf(event))?.host).toBe(value === null ? undefined : host)
        expect(
          Object.entries(ranking.places).map(([key, place]) => ranking.heap[place]?.key === key),
        ).toEqual(list.map(() => true))
      }
    }),
  )
})

test('it is plain data', () => {
  const ranking = emptyRanking<Event>()
  for (const [host, value] of [
    ['__proto__', 3],
    [undefined, 1],
  ] as const)
    put(ranking, keyOf(makeEvent({ host, time: 0 })), makeEvent({ host, time: 0 }), value)
  const back = JSON.parse(JSON.stringify(ranking))
  remove(back, keyOf(makeEvent({ time: 0 })))
  const [rest]: readonly Ranked<Event>[] = back.heap
  expect([rest?.item.host, rest?.value, back.heap.length]).toEqual(['__proto__', 3, 1])
})
