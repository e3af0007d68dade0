import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { TestWall } from '../../clock/test-wall.ts'
import { Fold } from '../../fold.ts'
import { rule } from '../../rules/rule.ts'
import { index } from '../../streams/index-events.ts'
import { publish } from '../../streams/publish.ts'
import type { End, Reader } from './reader.ts'
import { HELD, PROBE_MS, SUBSCRIPTION_LIMIT, Subscriptions, WAITING, WAITING_KEYS } from './subscriptions.ts'

const SECOND = 1_000_000
const START = 1_790_000_000 * SECOND

/** A reader that reads at once, or not before the test says so. */
class TestReader implements Reader {
  readonly got: string[] = []
  ended: End | 'cut off' | undefined
  reads = true
  alive = true
  #unread = 0
  #taken: (() => void)[] = []

  get buffered(): number {
    return this.#unread
  }

  send(events: readonly Buffer[], taken: () => void): void {
    for (const json of events) {
      const { host, service, metric, state, left }: Partial<Event> & { left?: unknown } = JSON.parse(
        String(json),
      )
      const shown = [host, service, metric, state, left === true ? 'left' : undefined]
      this.got.push(shown.filter((part) => part != null).join(' '))
      this.#unread += json.length
    }
    if (this.reads) this.#unread = 0
    if (this.reads) queueMicrotask(taken)
    else this.#taken.push(taken)
  }

  /** Reads what it has before it. */
  read(): void {
    this.#unread = 0
    for (const taken of this.#taken.splice(0)) taken()
  }

  probe(): boolean {
    return this.alive
  }

  close(end: End): void {
    this.ended = end
  }

  destroy(): void {
    this.ended = 'cut off'
  }
}

/** Rules on a fold, and subscriptions to it; what the hub would do between two turns is done at `turn`. */
class Rig {
  readonly wall = new TestWall()
  readonly fold = new Fold({
    rules: [
      rule('index', { match: { not: { tagged: 'told' } }, stream: index() }),
      rule('told', { match: { tagged: 'told' }, stream: publish('news') }),
    ],
    name: 'hub',
    report: () => {},
  })
  readonly #turns: (() => void)[] = []
  readonly subscriptions = new Subscriptions({
    fold: this.fold,
    wall: this.wall,
    turn: (run) => void this.#turns.push(run),
  })
  #position = 0

  constructor() {
    this.send()
  }

  send(...events: readonly Partial<Event>[]): void {
    this.fold.begin(++this.#position)
    this.fold.advance(START)
    this.fold.events(events.map((parts) => makeEvent({ time: START, host: 'h', ...parts })))
  }

  /** What has changed is told. */
  async told(): Promise<void> {
    await this.wall.advance(20)
    while (this.turn()) await this.wall.settle()
  }

  /** One turn of what waits for one; false where nothing does. */
  turn(): boolean {
    const run = this.#turns.shift()
    run?.()
    return run !== undefined
  }

  subscribe(
    wanted: {
      topic?: string
      matches?: (event: Event) => boolean
      left?: boolean
      snapshot?: boolean
      follow?: boolean
    } = {},
  ): TestReader & { leave: () => void } {
    const { topic = 'index', matches = () => true, left = false, snapshot = false, follow = true } = wanted
    const reader = new TestReader()
    const entries = snapshot ? this.fold.index.entries() : undefined
    const asked = { topic, query: String(matches), matches, left, entries, follow }
    const leave = this.subscriptions.add(asked, reader)
    return Object.assign(reader, { leave })
  }
}

describe('a subscription to the index', () => {
  test('is told every event that matches, in order', async () => {
    const rig = new Rig()
    const all = rig.subscribe()
    const some = rig.subscribe({ matches: ({ metric = 0 }) => metric > 1 })
    rig.send({ service: 'a', metric: 1 }, { service: 'a', metric: 2 }, { service: 'b', metric: 3 })
    expect(all.got).toEqual([])
    await rig.told()
    expect(all.got).toEqual(['h a 1', 'h a 2', 'h b 3'])
    expect(some.got).toEqual(['h a 2', 'h b 3'])
    all.leave()
    rig.send({ service: 'a', metric: 4 })
    await rig.told()
    expect([all.got.length, some.got.length, rig.subscriptions.size]).toEqual([3, 3, 1])
  })

  test('with a snapshot begins with what there is, and nothing is lost or told twice in between', async () => {
    const rig = new Rig()
    const services = Array.from({ length: 5_000 }, (_, n) => ({ service: `s${n}`, metric: 0 }))
    rig.send(...services)
    const reader = rig.subscribe({ snapshot: true })
    rig.turn()
    const walked = reader.got.length
    expect(walked).toBeGreaterThan(0)
    expect(walked).toBeLessThan(5_000)
    // One that was told already, one that was not yet, a new one, and two that leave.
    rig.send(
      ...[{ service: 's0', metric: 1 }, { service: 's4999', metric: 1 }, { service: 'new' }],
      ...[
        { service: 's1', state: 'expired' },
        { service: 's4998', state: 'expired' },
      ],
    )
    await rig.told()
    const count = (service: string) => reader.got.filter((line) => line.split(' ')[1] === service)
    expect(count('s0')).toEqual(['h s0 0', 'h s0 1'])
    expect(count('s4999')).toEqual(['h s4999 1'])
    expect(count('new')).toEqual(['h new'])
    expect(count('s1')).toEqual(['h s1 0', 'h s1 expired'])
    expect(count('s4998')).toEqual(['h s4998 expired'])
    expect(reader.got).toHaveLength(5_000 + 3)
    rig.send({ service: 's7', metric: 7 })
    await rig.told()
    expect(reader.got.at(-1)).toBe('h s7 7')
  })

  test('without going on ends after what there is', async () => {
    const rig = new Rig()
    rig.send({ service: 'a' }, { service: 'b' })
    const reader = rig.subscribe({ snapshot: true, follow: false, matches: ({ service }) => service === 'b' })
    await rig.told()
    expect([reader.got, reader.ended, rig.subscriptions.size]).toEqual([
      ['h b'],
      { why: 'done', said: '' },
      0,
    ])
  })

  test('hears that what it was told of is gone, whatever the query says of the expired event', async () => {
    const rig = new Rig()
    const reader = rig.subscribe({ matches: ({ state }) => state === 'ok' })
    const other = rig.subscribe({ matches: ({ service }) => service === 'other' })
    rig.send({ service: 'a', state: 'ok', ttl: 5 }, { service: 'b', state: 'bad', ttl: 5 })
    rig.send({ service: 'c', state: 'ok' })
    await rig.told()
    rig.fold.begin(99)
    rig.fold.advance(START + 6 * SECOND)
    rig.fold.forget('h', 'c')
    await rig.told()
    expect(reader.got).toEqual(['h a ok', 'h c ok', 'h a expired', 'h c expired'])
    expect(other.got).toEqual([])
  })
})

describe('a subscription to the index that asks for what leaves it', () => {
  const isBad = ({ state }: Event) => state === 'bad'

  test('hears once that an entry does not match any more; others do not', async () => {
    const rig = new Rig()
    const [asks, others] = [rig.subscribe({ matches: isBad, left: true }), rig.subscribe({ matches: isBad })]
    for (const state of ['ok', 'bad', 'ok', 'ok', 'bad', 'bad', 'warning']) {
      rig.send({ service: 'a', state }, { service: 'b', state: 'ok' })
      await rig.told()
    }
    expect(others.got).toEqual(['h a bad', 'h a bad', 'h a bad'])
    expect(asks.got).toEqual(['h a bad', 'h a ok left', 'h a bad', 'h a bad', 'h a warning left'])
    rig.fold.forget('h')
    await rig.told()
    expect([others.got.length, asks.got.length]).toEqual([3, 5])
  })

  test('the end of an entry is its end, as ever', async () => {
    const rig = new Rig()
    const reader = rig.subscribe({ matches: isBad, left: true })
    rig.send({ service: 'a', state: 'bad' }, { service: 'a', state: 'expired' })
    await rig.told()
    expect(reader.got).toEqual(['h a bad', 'h a expired'])
  })

  test('of an event with an attribute of that name, too', async () => {
    const rig = new Rig()
    const reader = rig.subscribe({ matches: isBad, left: true })
    const attributes = Object.assign(Object.create(null), { left: 'no' })
    rig.send({ service: 'a', state: 'bad', attributes }, { service: 'a', state: 'ok', attributes })
    await rig.told()
    expect(reader.got).toEqual(['h a bad', 'h a ok left'])
  })

  test('hears it of what was in its snapshot', async () => {
    const rig = new Rig()
    rig.send({ service: 'a', state: 'bad' })
    const reader = rig.subscribe({ matches: isBad, left: true, snapshot: true })
    await rig.told()
    rig.send({ service: 'a', state: 'ok' })
    await rig.told()
    expect(reader.got).toEqual(['h a bad', 'h a ok left'])
  })

  test('hears it although so much changed that only the latest of each entry was kept', async () => {
    const rig = new Rig()
    const reader = rig.subscribe({ matches: isBad, left: true })
    const many = (state: string) => Array.from({ length: 100 }, (_, n) => ({ service: `s${n}`, state }))
    rig.send(...many('bad'))
    await rig.told()
    for (let n = 0; n <= WAITING; n += 100) rig.send(...many('ok'))
    await rig.told()
    expect(rig.subscriptions.counters.conflated).toBeGreaterThan(0)
    expect(reader.got.slice(100)).toEqual(Array.from({ length: 100 }, (_, n) => `h s${n} ok left`))
  })

  test('hears it when it has read what it was behind with', async () => {
    const rig = new Rig()
    const reader = rig.subscribe({ matches: isBad, left: true })
    reader.reads = false
    rig.send({ service: 'a', state: 'bad', description: 'x'.repeat(5_000_000) })
    await rig.told()
    for (const state of ['ok', 'bad', 'ok', 'ok']) {
      rig.send({ service: 'a', state })
      await rig.told()
    }
    expect(reader.got).toEqual(['h a bad'])
    reader.read()
    expect(reader.got).toEqual(['h a bad', 'h a ok left'])
  })
})

test('a subscription to a topic is told what rules publish to it, and what the index gets is none of it', async () => {
  const rig = new Rig()
  const [news, other, everything] = [
    rig.subscribe({ topic: 'news' }),
    rig.subscribe({ topic: 'else' }),
    rig.subscribe(),
  ]
  rig.send({ service: 'a', tags: ['told'] }, { service: 'b' })
  await rig.told()
  expect([news.got, other.got, everything.got]).toEqual([['h a'], [], ['h b']])
})

describe('a reader that does not read', () => {
  const big = 'x'.repeat(10_000)

  test('is told the latest of each key when it does; others are not held up', async () => {
    const rig = new Rig()
    const [slow, quick] = [rig.subscribe(), rig.subscribe()]
    slow.reads = false
    for (let n = 0; n < 1_000; n++) {
      rig.send({ service: `s${n % 10}`, metric: n, description: big })
      if (n % 100 === 99) await rig.told()
    }
    const first = slow.got.length
    expect([quick.got.length, first]).toEqual([1_000, expect.toSatisfy((count) => count < 500)])
    for (let n = 0; n < 1_000; n++) rig.send({ service: `s${n % 10}`, metric: 1_000 + n })
    await rig.told()
    expect(slow.got).toHaveLength(first)
    slow.read()
    expect(slow.got.slice(first)).toEqual(
      // In the order in which they were first held.
      expect.arrayContaining(Array.from({ length: 10 }, (_, n) => `h s${n} ${1_990 + n}`)),
    )
    expect(slow.got).toHaveLength(first + 10)
    expect(rig.subscriptions.counters.conflated).toBe(2_000 - first - 10)
    slow.read()
    rig.send({ service: 's0', metric: 5_000 })
    await rig.told()
    expect(slow.got.at(-1)).toBe('h s0 5000')
  })

  test('stops its snapshot, which goes on when it reads, with what is there then', async () => {
    const rig = new Rig()
    rig.send(...Array.from({ length: 2_000 }, (_, n) => ({ service: `s${n}`, description: big })))
    const reader = rig.subscribe({ snapshot: true })
    reader.reads = false
    await rig.told()
    const before = reader.got.length
    expect(before).toBeLessThan(1_000)
    rig.send({ service: 's1999', metric: 7 })
    await rig.told()
    reader.reads = true
    reader.read()
    await rig.told()
    expect(reader.got).toHaveLength(2_000)
    expect(reader.got.at(-1)).toBe('h s1999 7')
  })

  test('is let go with the reason when too many keys wait for it', async () => {
    const rig = new Rig()
    const [reader, other] = [rig.subscribe(), rig.subscribe()]
    reader.reads = false
    rig.send({ service: 'unread', description: 'x'.repeat(5_000_000) })
    await rig.told()
    for (let n = 0; n <= HELD.each + 2_000; n += 1_000) {
      rig.send(...Array.from({ length: 1_000 }, (_, k) => ({ service: `s${n + k}` })))
      await rig.told()
    }
    expect(reader.ended).toEqual({ why: 'slow', said: expect.stringContaining('subscribe again') })
    expect([rig.subscriptions.counters.slow, rig.subscriptions.size, other.ended]).toEqual([1, 1, undefined])
    expect(other.got.length).toBeGreaterThan(HELD.each)
  })

  test('and gives no sign of life is cut off', async () => {
    const rig = new Rig()
    const [dead, living] = [rig.subscribe(), rig.subscribe()]
    dead.alive = false
    await rig.wall.advance(PROBE_MS)
    await rig.told()
    expect([dead.ended, living.ended]).toEqual(['cut off', undefined])
    expect([rig.subscriptions.counters.silent, rig.subscriptions.size]).toEqual([1, 1])
  })
})

describe('more changes than can be told', () => {
  test('become the latest of each key', async () => {
    const rig = new Rig()
    const reader = rig.subscribe()
    for (let n = 0; n < 3; n++)
      rig.send(...Array.from({ length: WAITING }, (_, k) => ({ service: `s${k % 100}`, metric: n })))
    await rig.told()
    expect(reader.got.length).toBeLessThan(3 * WAITING)
    expect(reader.got.length + rig.subscriptions.counters.conflated).toBe(3 * WAITING)
    expect(reader.got.slice(-100)).toEqual(Array.from({ length: 100 }, (_, k) => `h s${k} 2`))
  })

  test('of too many keys end all subscriptions, which begin anew', async () => {
    const rig = new Rig()
    const readers = [rig.subscribe(), rig.subscribe()]
    for (let n = 0; n < 2 * WAITING_KEYS; n += 10_000)
      rig.send(...Array.from({ length: 10_000 }, (_, k) => ({ service: `s${n + k}` })))
    expect(readers.map(({ ended }) => ended)).toEqual(
      Array(2).fill({ why: 'overrun', said: expect.stringContaining('subscribe again') }),
    )
    expect([rig.subscriptions.counters.overrun, rig.subscriptions.size]).toEqual([2, 0])
  })
})

test('there are no more than the limit, and a stop ends them all', () => {
  const rig = new Rig()
  const readers = Array.from({ length: SUBSCRIPTION_LIMIT }, () => rig.subscribe())
  expect([rig.subscriptions.open, rig.subscriptions.counters.refused]).toEqual([false, 1])
  rig.subscriptions.close()
  expect(readers.every(({ ended }) => typeof ended === 'object' && ended.why === 'stopping')).toBe(true)
  expect([rig.subscriptions.size, rig.wall.timers]).toEqual([0, 0])
})
