import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { LogicalClock } from '../clock/logical.ts'
import { type Entry, Index } from './index.ts'

/** An index on a clock, with what it tells; times are seconds. */
function rig(limit?: number, weightLimit?: number) {
  const clock = new LogicalClock()
  const expired: Event[] = []
  const refused: string[] = []
  const heard: string[] = []
  const index = new Index({
    clock,
    ...(limit === undefined ? {} : { limit }),
    ...(weightLimit === undefined ? {} : { weightLimit }),
    expired: (event) => void expired.push(event),
    refused: (event) => void refused.push(`${event.host} ${event.service}`),
  })
  index.listen(({ event }, gone) =>
    heard.push(`${clock.now / SECOND} ${gone ? '-' : '+'}${event.host} ${event.service}`),
  )
  const run = (second: number) => clock.advance(second * SECOND, () => {})
  const insert = (second: number, parts: Partial<Event>) => {
    run(second)
    index.insert(makeEvent({ time: 0, host: 'h', service: 's', ...parts }))
  }
  return { clock, index, expired, refused, heard, run, insert }
}

describe('texts that find no room', () => {
  test('are refused with a new key, left out with a known one, and find room when others leave', () => {
    const { index, insert, refused, run } = rig(undefined, 100)
    const long = 'x'.repeat(60)
    insert(0, { service: 'a', description: long, ttl: 10 })
    insert(1, { service: 'b', description: long })
    expect([index.size, refused.splice(0)]).toEqual([1, ['h b']])
    insert(2, { service: 'b', metric: 1, tags: ['t'], attributes: { k: 'v' } })
    insert(3, { service: 'b', metric: 2, description: long, tags: ['t'], attributes: { k: 'v' } })
    expect(index.lookup('h', 'b')).toMatchObject({ metric: 2, description: undefined, tags: [] })
    expect(refused.splice(0)).toEqual(['h b'])
    run(11)
    insert(12, { service: 'b', metric: 3, description: long, tags: ['t'] })
    expect([index.lookup('h', 'b')?.description, refused]).toEqual([long, []])
  })

  test('are counted the same whatever came, went and was put back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ service: fc.constantFrom('a', 'b', 'c'), text: fc.string({ maxLength: 40 }) })),
        (said) => {
          const { index, insert, refused } = rig(undefined, 1_000)
          for (const { service, text } of said) insert(0, { service, description: text })
          for (const service of ['a', 'b', 'c']) insert(0, { service, state: 'expired' })
          // All of the room is there again.
          insert(0, { service: 'a', description: 'x'.repeat(998) })
          expect([index.size, refused]).toEqual([1, []])
        },
      ),
    )
  })
})

describe('insert', () => {
  test('keeps the latest event of each host and service, by arrival, whatever its time', () => {
    const { index, insert } = rig()
    insert(1, { metric: 1, time: 99 })
    insert(2, { metric: 2, time: 5 })
    insert(2, { service: 't', metric: 3 })
    insert(3, { host: undefined, service: undefined, metric: 4 })
    expect(index.size).toBe(3)
    expect(index.lookup('h', 's')?.metric).toBe(2)
    expect(index.entry('h', 's')?.arrival).toBe(2 * SECOND)
    expect(index.lookup(undefined, undefined)?.metric).toBe(4)
    expect(index.lookup('h', undefined)).toBeUndefined()
    expect([...index.entries()].map(({ event }) => event.metric)).toEqual([2, 3, 4])
  })

  test('tells every listener what changed, and what took an entry out', () => {
    const { index, insert, run } = rig()
    const told: string[] = []
    const note = (who: string) => (entry: Entry, gone: Event | undefined) => {
      const { metric, state = '' } = gone ?? entry.event
      told.push(
        `${who} ${entry.event.service} ${gone === undefined ? metric : `${entry.event.metric} ${state} ${gone.tags}`}`,
      )
    }
    const stop = index.listen(note('a'))
    insert(1, { metric: 1 })
    stop()
    index.listen(note('b'))
    insert(2, { metric: 2, ttl: 5, tags: ['x'] })
    insert(2, { service: 't', metric: 3 })
    insert(2, { service: 'u', metric: 4 })
    insert(3, { service: 't', state: 'expired', tags: ['said so'] })
    index.forget('h', 'u')
    run(9)
    expect(told).toEqual([
      'a s 1',
      'b s 2',
      'b t 3',
      'b u 4',
      'b t 3 expired said so',
      'b u 4 expired ',
      'b s 2 expired x',
    ])
  })

  test('names are just names', () => {
    const { index, insert } = rig()
    insert(1, { host: '__proto__', service: 'constructor' })
    insert(1, { host: 'a/b', service: 'c' })
    insert(1, { host: 'a', service: 'b/c' })
    expect([index.size, index.lookup('toString', 'x')]).toEqual([3, undefined])
  })

  test('of an expired event takes the entry out; it does not expire again', () => {
    const { index, insert, run, expired, heard } = rig()
    insert(1, { ttl: 10 })
    insert(2, { state: 'expired' })
    insert(3, { service: 'unknown', state: 'expired' })
    run(99)
    expect([index.size, expired, heard]).toEqual([0, [], ['1 +h s', '2 -h s']])
  })
})

describe('an entry', () => {
  test.each<[string, Partial<Event>, number]>([
    ['60 s after its arrival where it has no ttl', {}, 70],
    ['its ttl after its arrival', { ttl: 5 }, 15],
    ['a fraction of a second after its arrival', { ttl: 0.25 }, 10.25],
    ['at once with a ttl of 0', { ttl: 0 }, 10],
    ['at once with a negative ttl', { ttl: -7 }, 10],
    ['its ttl after its arrival, whatever its own time', { ttl: 5, time: 99 * SECOND }, 15],
  ])('expires %s', (_, parts, second) => {
    const { insert, run, expired, heard } = rig()
    insert(10, parts)
    run(second - 0.001)
    expect(expired).toEqual([])
    run(second)
    expect(expired.map(({ time }) => time / SECOND)).toEqual([second])
    expect(heard.at(-1)).toBe(`${second} -h s`)
  })

  test('that is renewed lives on from then', () => {
    const { insert, run, expired } = rig()
    insert(10, { ttl: 5 })
    insert(14, { ttl: 5 })
    insert(15, { ttl: 100 })
    insert(16, { ttl: 2 })
    run(17.9)
    expect(expired).toEqual([])
    run(18)
    expect(expired).toHaveLength(1)
  })

  test('never expires where its ttl is endless, and is refused where that is not a number', () => {
    const { index, insert, run, expired } = rig()
    insert(10, { ttl: Number.POSITIVE_INFINITY })
    run(1e9)
    expect([index.size, expired]).toEqual([1, []])
    expect(() => insert(1e9, { service: 'odd', ttl: Number.NaN })).toThrow(RangeError)
    expect([index.size, index.lookup('h', 'odd')]).toEqual([1, undefined])
  })

  test('expires as a copy with host, service, tags, attributes and ttl, of now and without a metric', () => {
    const { insert, run, expired } = rig()
    const attributes = Object.assign(Object.create(null), { rack: 'r7' })
    const parts = { host: 'h', service: 's', ttl: 5, tags: ['a', 'b'], attributes }
    insert(10, { ...parts, state: 'ok', metric: 7, description: 'fine', time: 3 })
    run(99)
    expect(expired).toEqual([makeEvent({ ...parts, state: 'expired', time: 15 * SECOND })])
  })

  test('waits longer where the hub could not listen', () => {
    const { clock, insert, run, expired } = rig()
    insert(10, { ttl: 5 })
    clock.skip(100 * SECOND)
    run(114.9)
    expect(expired).toEqual([])
    run(115)
    expect(expired).toHaveLength(1)
  })
})

describe('the limit', () => {
  test('refuses new keys, counted; known ones are renewed, and there is room again when one left', () => {
    const { index, insert, refused } = rig(2)
    insert(1, { service: 'a', ttl: 100 })
    insert(1, { service: 'b', ttl: 5 })
    insert(2, { service: 'c' })
    insert(3, { service: 'a', metric: 9, ttl: 100 })
    expect([refused, index.size, index.lookup('h', 'a')?.metric]).toEqual([['h c'], 2, 9])
    insert(7, { service: 'c' })
    expect([index.size, index.lookup('h', 'c')?.service]).toEqual([2, 'c'])
    expect(index.counters).toEqual({ inserted: 4, expired: 1, refused: 1 })
  })

  test('leaves no trace of refused hosts', () => {
    const { index, insert } = rig(1)
    insert(1, {})
    for (let n = 0; n < 10; n++) insert(1, { host: `h${n}`, state: n % 2 === 0 ? 'expired' : 'ok' })
    expect([...index.entries()]).toHaveLength(1)
  })
})

describe('forget', () => {
  test('takes out a host or one of its services; nothing expires', () => {
    const { clock, index, insert, run, expired, heard } = rig()
    for (const host of ['a', 'b']) for (const service of ['x', 'y']) insert(1, { host, service })
    expect([index.forget('a', 'x'), index.forget('b'), index.forget('c'), index.forget('a', 'x')]).toEqual([
      1, 2, 0, 0,
    ])
    expect([index.size, clock.timers, heard.slice(4)]).toEqual([1, 1, ['1 -a x', '1 -b x', '1 -b y']])
    run(1000)
    expect(expired.map(({ host, service }) => [host, service])).toEqual([['a', 'y']])
  })
})

test('against a list: any inserts and times leave what has been heard within its ttl', () => {
  const arrival = fc.record({
    wait: fc.nat(3),
    host: fc.constantFrom('a', 'b', undefined),
    service: fc.constantFrom('x', 'y', undefined),
    ttl: fc.option(fc.integer({ min: -1, max: 6 }), { nil: undefined }),
    state: fc.constantFrom('ok', 'ok', 'ok', 'expired'),
  })
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 40 }), (arrivals) => {
      const { clock, index, insert, expired } = rig(4)
      let model: { key: string; due: number }[] = []
      let [time, gone, refused] = [0, 0, 0]
      for (const { wait, ...parts } of arrivals) {
        time += wait
        gone += model.filter(({ due }) => due <= time).length
        model = model.filter(({ due }) => due > time)
        insert(time, parts)
        const key = `${parts.host} ${parts.service}`
        const known = model.some((one) => one.key === key)
        if (parts.state === 'expired') model = model.filter((one) => one.key !== key)
        else if (known || model.length < 4) {
          const due = time + Math.max(0, parts.ttl ?? 60)
          model = [...model.filter((one) => one.key !== key), { key, due }]
        } else refused += 1
        const held = [...index.entries()].map(({ event, due }) => ({
          key: `${event.host} ${event.service}`,
          due: due / SECOND,
        }))
        const order = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key)
        expect(held.toSorted(order)).toEqual(model.toSorted(order))
        expect([index.size, clock.timers]).toEqual([model.length, model.length])
        expect(expired).toHaveLength(gone)
        expect(index.counters.refused).toBe(refused)
      }
    }),
  )
})
