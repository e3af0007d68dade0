import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClientError } from './errors.ts'
import { type Message, makeMessage, type Outcome } from './message.ts'
import { MAX_LOSSES, MessageQueue, type QueueLimits, type WhenFull } from './queue.ts'

const OK = { ok: true, events: [] }
const LOST = new ClientError('connection-lost', 'lost')
const UNSENT = new ClientError('closed', 'closed')

/** What became of the messages of a queue, by their numbers. */
class Messages {
  readonly fates = new Map<number, string>()
  readonly #numbers = new Map<Message, number>()

  make(number: number, events: number, bytes: number): Message {
    const message = makeMessage(new Uint8Array(bytes), events, (outcome) => {
      if (this.fates.has(number)) throw new Error(`${number} is settled twice`)
      this.fates.set(number, nameOf(outcome))
    })
    this.#numbers.set(message, number)
    return message
  }

  numberOf(message: Message | undefined): number | undefined {
    return message && this.#numbers.get(message)
  }
}

function nameOf(outcome: Outcome): string {
  return outcome instanceof ClientError ? outcome.code : outcome.ok === true ? 'ok' : 'refused'
}

function filled(limits: Partial<QueueLimits>, count: number) {
  const messages = new Messages()
  const queue = new MessageQueue({ events: 3, bytes: 1000, full: 'drop-oldest', ...limits })
  for (let n = 1; n <= count; n++) queue.offer(messages.make(n, 1, 10))
  const next = () => messages.numberOf(queue.next())
  return { queue, messages, next, fates: messages.fates }
}

describe('a full queue', () => {
  test('drops the oldest', () => {
    const { fates, next } = filled({ full: 'drop-oldest' }, 5)
    expect([...fates]).toEqual([
      [1, 'overloaded'],
      [2, 'overloaded'],
    ])
    expect([next(), next(), next(), next()]).toEqual([3, 4, 5, undefined])
  })

  test('drops the newest', () => {
    const { fates, next } = filled({ full: 'drop-newest' }, 5)
    expect([...fates]).toEqual([
      [4, 'overloaded'],
      [5, 'overloaded'],
    ])
    expect([next(), next(), next(), next()]).toEqual([1, 2, 3, undefined])
  })

  test('lets wait until there is room', () => {
    const { queue, fates, next } = filled({ full: 'wait' }, 5)
    expect([next(), next(), next(), next()]).toEqual([1, 2, 3, undefined])
    queue.answered(OK)
    expect(next()).toBe(4)
    expect([...fates]).toEqual([[1, 'ok']])
    expect(queue.counts.dropped).toBe(0)
  })

  test('lets a thousand wait, and drops those beyond', () => {
    const { queue } = filled({ full: 'wait', events: 1, bytes: 100_000 }, 1003)
    expect(queue.counts.dropped).toBe(2)
  })

  test('cannot take back what was sent: with all of it outstanding, the newest is dropped', () => {
    const { queue, messages, fates, next } = filled({ full: 'drop-oldest' }, 3)
    for (let n = 0; n < 3; n++) next()
    queue.offer(messages.make(4, 1, 10))
    expect([...fates]).toEqual([[4, 'overloaded']])
  })

  test('takes a message above its limits when it is empty', () => {
    const { queue, messages, next } = filled({ bytes: 100 }, 0)
    queue.offer(messages.make(1, 50, 5000))
    expect(next()).toBe(1)
  })
})

test('a message over which the hub falls again and again is given up, and the others go on', () => {
  const { queue, fates, next } = filled({}, 2)
  for (let loss = 1; loss <= MAX_LOSSES; loss++) {
    expect([next(), next()]).toEqual([1, 2])
    queue.lost(LOST, true)
  }
  expect([...fates]).toEqual([[1, 'connection-lost']])
  expect(next()).toBe(2)
})

test('a hub that never answers anything costs no message', () => {
  const { queue, fates, next } = filled({}, 2)
  for (let loss = 1; loss <= 50; loss++) {
    next()
    next()
    queue.lost(LOST, false)
  }
  expect([...fates]).toEqual([])
  expect(queue.counts.resent).toBe(100)
})

test('a barrier passes when all before it are settled, and not for those after it', () => {
  const { queue, messages } = filled({}, 2)
  let passed = false
  queue.barrier(() => {
    passed = true
  })
  queue.offer(messages.make(3, 1, 10))
  queue.next()
  queue.next()
  queue.answered(OK)
  expect(passed).toBe(false)
  queue.answered(OK)
  expect(passed).toBe(true)
})

type Step =
  | { readonly do: 'offer'; readonly events: number; readonly bytes: number }
  | { readonly do: 'next' | 'answer' | 'lose' }

/** The queue as plainly as possible: arrays of numbers. */
class Model {
  readonly fates = new Map<number, string>()
  readonly limits: QueueLimits
  line: number[] = []
  waiting: number[] = []
  outstanding: number[] = []
  readonly sizes = new Map<number, { readonly events: number; readonly bytes: number }>()

  constructor(limits: QueueLimits) {
    this.limits = limits
  }

  sum(of: 'events' | 'bytes', numbers: readonly number[]): number {
    return numbers.reduce((sum, n) => sum + (this.sizes.get(n)?.[of] ?? 0), 0)
  }

  fits(n: number): boolean {
    const held = [...this.waiting, ...this.outstanding]
    return (
      held.length === 0 ||
      (this.sum('events', [...held, n]) <= this.limits.events &&
        this.sum('bytes', [...held, n]) <= this.limits.bytes)
    )
  }

  offer(n: number): void {
    const { full, bytes } = this.limits
    while (full === 'drop-oldest' && !this.fits(n) && this.waiting.length > 0)
      this.fates.set(this.waiting.shift() ?? 0, 'overloaded')
    if (this.line.length === 0 && this.fits(n)) this.waiting.push(n)
    else if (full === 'wait' && (this.line.length === 0 || this.sum('bytes', [...this.line, n]) <= bytes))
      this.line.push(n)
    else this.fates.set(n, 'overloaded')
  }

  next(): number | undefined {
    const n = this.waiting.shift()
    if (n !== undefined) this.outstanding.push(n)
    return n
  }

  answer(): boolean {
    const n = this.outstanding.shift()
    if (n === undefined) return false
    this.fates.set(n, 'ok')
    for (let first = this.line[0]; first !== undefined && this.fits(first); first = this.line[0]) {
      this.line.shift()
      this.waiting.push(first)
    }
    return true
  }

  lose(): void {
    this.waiting = [...this.outstanding.splice(0), ...this.waiting]
  }
}

test('does what the plain model does, holds no more than its limits, and settles every message once', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('offer' as const), events: fc.nat(6), bytes: fc.nat(60) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('next' as const, 'answer' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const) }) },
  )
  const limits = fc.record({
    events: fc.integer({ min: 1, max: 20 }),
    bytes: fc.integer({ min: 1, max: 200 }),
    full: fc.constantFrom<WhenFull>('wait', 'drop-oldest', 'drop-newest'),
  })
  fc.assert(
    fc.property(limits, fc.array<Step>(step, { maxLength: 100 }), (limits, steps) => {
      const messages = new Messages()
      const queue = new MessageQueue(limits)
      const model = new Model(limits)
      let offered = 0
      for (const step of steps) {
        if (step.do === 'offer') {
          offered++
          model.sizes.set(offered, step)
          model.offer(offered)
          queue.offer(messages.make(offered, step.events, step.bytes))
        } else if (step.do === 'next') expect(messages.numberOf(queue.next())).toBe(model.next())
        else if (step.do === 'answer') expect(queue.answered(OK)).toBe(model.answer())
        else {
          queue.lost(LOST, false)
          model.lose()
        }
        const held = [...model.waiting, ...model.outstanding]
        expect([queue.length, queue.events, queue.bytes]).toEqual([
          held.length + model.line.length,
          model.sum('events', held),
          model.sum('bytes', held),
        ])
        expect(messages.fates).toEqual(model.fates)
        // One that is alone may be larger.
        if (held.length > 1) {
          expect(queue.events).toBeLessThanOrEqual(limits.events)
          expect(queue.bytes).toBeLessThanOrEqual(limits.bytes)
        }
      }
      let passed = queue.length === 0
      queue.barrier(() => {
        passed = true
      })
      queue.fail(LOST, UNSENT)
      expect(passed).toBe(true)
      expect(messages.fates.size).toBe(offered)
      expect([queue.length, queue.events, queue.bytes]).toEqual([0, 0, 0])
    }),
  )
})
