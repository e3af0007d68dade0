import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { TestWall } from '../clock/test-wall.ts'
import { type DeliveryOptions, type Legacies, startDelivery } from './delivery.ts'
import type { Delivery, DeliveryIo, Destination, Notification } from './notification.ts'
import { openOutbox } from './outbox.ts'

const MIN = 60_000
const HOUR = 60 * MIN

type Answer = Delivery | 'slow' | 'hang' | 'deaf' | Error

const SENT: Delivery = { kind: 'sent' }
const AWAY: Delivery = { kind: 'retry', reason: 'HTTP 503' }
const REFUSED: Delivery = { kind: 'dead', reason: 'HTTP 400 invalid_blocks' }
const BROKEN: Delivery = { kind: 'pause', reason: 'HTTP 404 no_service' }
const MORE: Delivery = { kind: 'more' }
const asked = (afterSeconds: number): Delivery => ({ kind: 'retry', reason: 'HTTP 429', afterSeconds })

function notification(id: string, destination = 'slack'): Notification {
  const item = {
    status: 'firing',
    severity: 'critical',
    key: ['db-1'],
    summary: `${id}!`,
    since: 0,
    at: 0,
  } as const
  return { id, destination, rule: 'disk full', at: 0, items: [item] }
}

/** A delivery on a TestWall; `lines` is its log. `send` takes ids, with `@destination` where that is not slack. */
function stage(options: Partial<DeliveryOptions> & { readonly destinations: readonly Destination[] }) {
  const wall = new TestWall()
  const db = new DatabaseSync(':memory:')
  const outbox = openOutbox(db)
  const lines: string[] = []
  const log = (level: string) => (line: string) => void lines.push(`${level} ${line}`)
  const start = () => {
    const delivery = startDelivery({
      outbox,
      wall,
      fetch: () => Promise.reject(new Error('no network in this test')),
      random: () => 0,
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      ...options,
    })
    onTestFinished(async () => {
      const stopped = delivery.stop()
      await wall.advance(MIN)
      await stopped
    })
    return delivery
  }
  const send = (delivery: ReturnType<typeof start>, ...ids: string[]) => {
    outbox.add(ids.map((id) => ({ ...notification(id, id.split('@')[1]), at: wall.now() })))
    delivery.poke()
  }
  return { wall, db, outbox, lines, start, send }
}

/** A destination that answers as told, the last answer for all that follow, and notes each attempt as `seconds name id`. */
function scripted(
  seen: string[],
  wall: () => TestWall,
  answers: readonly Answer[],
  more: Partial<Destination> = {},
): Destination {
  let calls = 0
  const name = more.name ?? 'slack'
  return {
    kind: 'slack',
    name,
    describe: '',
    ...more,
    deliver: async ({ id }, { signal }: DeliveryIo) => {
      const answer = answers[Math.min(calls++, answers.length - 1)] ?? SENT
      seen.push(`${wall().since()} ${name} ${id}`)
      if (answer instanceof Error) throw answer
      if (answer === 'deaf') return new Promise<Delivery>(() => {})
      if (answer !== 'hang' && answer !== 'slow') return answer
      return new Promise<Delivery>((resolve) => {
        if (answer === 'slow') wall().after(5_000, () => resolve(SENT))
        signal.addEventListener('abort', () => resolve({ kind: 'retry', reason: signal.reason.message }))
      })
    },
  }
}

/** A stage with one scripted destination `slack`; `seen` is the timetable of the attempts. */
function playing(answers: readonly Answer[], options: Partial<DeliveryOptions & Destination> = {}) {
  const seen: string[] = []
  const { pace, budget, ...rest } = options
  const more = { ...(pace === undefined ? {} : { pace }), ...(budget === undefined ? {} : { budget }) }
  const slack = scripted(seen, () => set.wall, answers, more)
  const set = stage({ ...rest, destinations: [slack] })
  return { ...set, seen }
}

test('of a destination whose messages are routine the log tells troubles and their end, not each message', async () => {
  const wall = () => set.wall
  const routine = scripted([], wall, [SENT, AWAY, SENT], { name: 'lifeline', routine: true })
  const set = stage({ destinations: [routine, scripted([], wall, [SENT])] })
  const delivery = set.start()
  set.send(delivery, 'a@lifeline', 'b@lifeline', 'c@slack')
  await set.wall.advance(MIN)
  expect(set.lines).toEqual([
    'info slack: sent message c@slack',
    'warn lifeline: message b@lifeline not delivered: HTTP 503; attempt 2 in 1s',
    'info lifeline: works again, after 1s',
  ])
  expect(delivery.counters.get('lifeline')).toMatchObject({ sent: 2 })
})

describe('when an attempt is made', () => {
  test.each<[string, readonly Answer[], number, readonly string[]]>([
    ['at once', [SENT], 1, ['0 slack a']],
    [
      'after 1 s, 2 s, 4 s … while the receiver is away',
      [AWAY, AWAY, AWAY, AWAY, SENT],
      60,
      ['0 slack a', '1 slack a', '3 slack a', '7 slack a', '15 slack a'],
    ],
    ['no sooner than the receiver asked', [asked(30), SENT], 60, ['0 slack a', '30 slack a']],
    [
      'no sooner than the backoff, whatever the receiver asked',
      [asked(0), asked(0), SENT],
      60,
      ['0 slack a', '1 slack a', '3 slack a'],
    ],
    ['an hour later, if that was asked', [asked(3_600), SENT], 3_700, ['0 slack a', '3600 slack a']],
    [
      'every ten minutes while the destination is broken',
      [BROKEN, BROKEN, SENT],
      1_800,
      ['0 slack a', '600 slack a', '1200 slack a'],
    ],
    ['at once, to go on with what was sent in part', [MORE, MORE, SENT], 1, Array(3).fill('0 slack a')],
    ['never again once it was refused', [REFUSED], 3_600, ['0 slack a']],
    ['after 10 s without an answer, and then the backoff', ['hang', SENT], 60, ['0 slack a', '11 slack a']],
    [
      'a second later where the destination does not hear that it was broken off',
      ['deaf', SENT],
      60,
      ['0 slack a', '12 slack a'],
    ],
    [
      'five times in all where the destination throws',
      [new TypeError('x is not a function')],
      3_600,
      ['0 slack a', '1 slack a', '3 slack a', '7 slack a', '15 slack a'],
    ],
  ])('%s', async (_, answers, seconds, timetable) => {
    const { wall, seen, start, send } = playing(answers)
    send(start(), 'a')
    await wall.advance(seconds * 1000)
    expect(seen).toEqual(timetable)
  })

  test('every five minutes in the end, until three days are over', async () => {
    const { wall, outbox, seen, lines, start, send } = playing([AWAY])
    send(start(), 'a')
    await wall.advance(2 * HOUR)
    expect(seen.slice(8, 12)).toEqual(['255 slack a', '511 slack a', '811 slack a', '1111 slack a'])
    await wall.advance(69 * HOUR)
    expect(outbox.status('a')).toBe('pending')
    await wall.advance(1 * HOUR)
    expect(outbox.row('a')).toMatchObject({
      status: 'dead',
      lastError: 'HTTP 503; not delivered in 3d',
      attempts: seen.length,
    })
    expect(lines.at(-1)).toBe(
      'error slack: GAVE UP message a: HTTP 503; not delivered in 3d; it said: disk full: critical: a! (db-1), since 1970-01-01 00:00:00 UTC',
    )
  })

  test('chance takes away up to half of a wait, and never makes it shorter than was asked', async () => {
    const { wall, seen, start, send } = playing([AWAY, AWAY, AWAY, asked(20), SENT], { random: () => 0.5 })
    send(start(), 'a')
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '1 slack a', '2.5 slack a', '5.5 slack a', '25.5 slack a'])
  })
})

describe('order', () => {
  test('a message that has to wait makes those behind it wait, and no others', async () => {
    const seen: string[] = []
    const slack = scripted(seen, () => set.wall, [AWAY, AWAY, SENT])
    const pager = scripted(seen, () => set.wall, [SENT], { name: 'pager' })
    const set = stage({ destinations: [slack, pager] })
    set.send(set.start(), 'firing', 'resolved', 'p1@pager', 'p2@pager')
    await set.wall.advance(MIN)
    expect(seen).toEqual([
      '0 slack firing',
      '0 pager p1@pager',
      '0 pager p2@pager',
      '1 slack firing',
      '3 slack firing',
      '3 slack resolved',
    ])
  })

  test('a message that was refused lets the next one go', async () => {
    const { wall, outbox, seen, lines, start, send } = playing([REFUSED, SENT])
    const delivery = start()
    send(delivery, 'a', 'b')
    await wall.advance(0)
    expect(seen).toEqual(['0 slack a', '0 slack b'])
    expect(outbox.statusesOf(['a', 'b'])).toEqual(
      new Map([
        ['a', 'dead'],
        ['b', 'sent'],
      ]),
    )
    expect(lines).toEqual([
      'error slack: GAVE UP message a: HTTP 400 invalid_blocks; it said: disk full: critical: a! (db-1), since 1970-01-01 00:00:00 UTC',
      'info slack: sent message b',
    ])
    expect(delivery.counters.get('slack')).toEqual({
      attempts: 2,
      sent: 1,
      retried: 0,
      dead: 1,
      paused: 0,
      folded: 0,
    })
  })

  test('at most one attempt is in flight, and the pace lies between two', async () => {
    const { wall, seen, start, send } = playing([SENT, 'hang', SENT], { pace: 1 })
    const delivery = start()
    send(delivery, 'a', 'b')
    await wall.advance(500)
    send(delivery, 'c')
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '1 slack b', '12 slack b', '13 slack c'])
  })

  test('what the receiver asked holds for the next message too, when the first is given up meanwhile', async () => {
    const { wall, outbox, seen, start, send } = playing([asked(100), SENT])
    const delivery = start()
    send(delivery, 'a', 'b')
    await wall.advance(5_000)
    const row = outbox.next('slack')
    if (row !== undefined) outbox.dead(row, { started: 0, ended: 0 }, 'outbox full')
    delivery.poke()
    await wall.advance(2 * MIN)
    expect(seen).toEqual(['0 slack a', '100 slack b'])
  })

  test('a machine that was suspended looks again within a minute', async () => {
    const { wall, seen, start, send } = playing([asked(3_600), SENT])
    send(start(), 'a')
    await wall.advance(30_000)
    wall.jump(2 * HOUR)
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '7260 slack a'])
  })

  test('a clock that is set back does not stretch the pace', async () => {
    const { wall, seen, start, send } = playing([SENT], { pace: 1 })
    const delivery = start()
    send(delivery, 'a')
    await wall.advance(0)
    wall.jump(-HOUR)
    send(delivery, 'b')
    await wall.advance(1_000)
    expect(seen).toEqual(['0 slack a', '-3599 slack b'])
  })

  test.each<[string, Answer, readonly string[]]>([
    ['the wait for a retry', AWAY, ['0 slack a', '-3598.5 slack a']],
    ['what the receiver asked for', asked(30), ['0 slack a', '-3540.5 slack a']],
    ['a pause', BROKEN, ['0 slack a', '-2940.5 slack a']],
  ])('nor to more than twice as much %s', async (_, answer, expected) => {
    const { wall, seen, start, send } = playing([answer, SENT])
    send(start(), 'a')
    await wall.advance(500)
    wall.jump(-HOUR - 500)
    await wall.advance(25 * MIN)
    expect(seen).toEqual(expected)
  })
})

describe('when another delivery takes its place', () => {
  test('pace, what the receiver asked for and the counters go on', async () => {
    const legacies: Legacies = new Map()
    const { wall, seen, start, send } = playing([SENT, asked(20), SENT], { pace: 5, legacies })
    let delivery = start()
    send(delivery, 'a')
    await wall.advance(0)
    send(delivery, 'b')
    for (let times = 0; times < 60; times++) {
      await wall.advance(500)
      await delivery.stop()
      delivery = start()
    }
    expect(seen).toEqual(['0 slack a', '5 slack b', '25 slack b'])
    expect(delivery.counters.get('slack')).toMatchObject({ attempts: 3, sent: 2, retried: 1 })
  })

  test('a message that is on its way is not sent again by that', async () => {
    const { wall, seen, start, send } = playing(['slow', SENT])
    const delivery = start()
    send(delivery, 'a', 'b')
    await wall.advance(1_000)
    const stopped = delivery.stop(30)
    await wall.advance(4_000)
    await stopped
    start()
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '5 slack b'])
  })
})

describe('a destination that is broken', () => {
  test('loses nothing: all wait, and go out in order once it was put right', async () => {
    const { wall, outbox, lines, seen, start, send } = playing([BROKEN, BROKEN, SENT])
    const delivery = start()
    send(delivery, 'a')
    await wall.advance(5 * MIN)
    send(delivery, 'b', 'c')
    await wall.advance(20 * MIN)
    expect(seen).toEqual(['0 slack a', '600 slack a', '1200 slack a', '1200 slack b', '1200 slack c'])
    expect(outbox.counts()).toMatchObject({ pending: 0, sent: 3, dead: 0 })
    expect(lines.slice(0, 4)).toEqual([
      'error slack: BROKEN, its 1 messages wait: HTTP 404 no_service; tried again in 10m',
      'error slack: BROKEN, its 3 messages wait: HTTP 404 no_service; tried again in 10m',
      'info slack: works again, after 20m',
      'info slack: sent message a',
    ])
  })

  test('is tried at once when somebody says so, and after a restart', async () => {
    const { wall, seen, start, send } = playing([BROKEN, BROKEN, SENT])
    const first = start()
    send(first, 'a')
    await wall.advance(10_000)
    first.tryNow('pager')
    await wall.advance(10_000)
    first.tryNow('slack')
    await wall.advance(10_000)
    await first.stop()
    start()
    await wall.advance(10_000)
    expect(seen).toEqual(['0 slack a', '20 slack a', '30 slack a'])
  })

  test('gives a message up only after three days', async () => {
    const { wall, outbox, start, send } = playing([BROKEN])
    send(start(), 'a')
    await wall.advance(71 * HOUR)
    expect(outbox.status('a')).toBe('pending')
    await wall.advance(1 * HOUR)
    expect(outbox.row('a')).toMatchObject({
      status: 'dead',
      lastError: 'HTTP 404 no_service; not delivered in 3d',
    })
  })

  test('shows in its health, as does one that is away', async () => {
    const { wall, start, send } = playing([AWAY, BROKEN, BROKEN, REFUSED])
    const delivery = start()
    const seen: unknown[] = []
    const look = () => {
      const { state, reason, since } = delivery.health().get('slack') ?? {}
      seen.push([wall.since(), state, reason, since === undefined ? undefined : wall.since(since)])
    }
    look()
    send(delivery, 'a')
    for (const seconds of [0, 1, 600, 600]) {
      await wall.advance(seconds * 1000)
      look()
    }
    expect(seen).toEqual([
      [0, 'ok', undefined, undefined],
      [0, 'failing', 'HTTP 503', 0],
      [1, 'paused', 'HTTP 404 no_service', 1],
      [601, 'paused', 'HTTP 404 no_service', 601],
      [1201, 'ok', undefined, undefined],
    ])
    expect(delivery.counters.get('slack')).toMatchObject({ attempts: 4, retried: 1, paused: 2, dead: 1 })
  })
})

describe('a message that goes out in parts', () => {
  test('keeps the pace between them, counts as sent with the last one, and goes on after a restart', async () => {
    const { wall, outbox, seen, start, send } = playing([MORE, MORE, AWAY, SENT], { pace: 1 })
    const first = start()
    send(first, 'a', 'b')
    await wall.advance(1_500)
    expect(outbox.row('a')).toMatchObject({ status: 'pending', attempts: 0 })
    await first.stop()
    start()
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '1 slack a', '1.5 slack a', '2.5 slack a', '3.5 slack b'])
    expect(outbox.counts()).toMatchObject({ sent: 2 })
  })
})

describe('more than a destination can take', () => {
  test('is folded into one message a rule, just before the next attempt', async () => {
    const { wall, outbox, lines, seen, start, send } = playing([SENT], { pace: 1, budget: 3 })
    const delivery = start()
    send(delivery, 'a', 'b')
    await wall.advance(500)
    send(delivery, 'c', 'd', 'e', 'f')
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '1 slack fold-5-f'])
    expect(outbox.counts()).toEqual({ pending: 0, sent: 2, dead: 0, folded: 5 })
    expect(delivery.counters.get('slack')).toMatchObject({ sent: 2, folded: 5 })
    expect(lines[1]).toBe('info slack: folded 5 messages that waited into 1')
  })

  test('and what has waited for a destination that was away is told as it stands now', async () => {
    const away = Array(7).fill(AWAY)
    const { wall, outbox, seen, start, send } = playing([...away, SENT], { budget: 3 })
    send(start(), 'fired')
    await wall.advance(100_000)
    const [firing] = notification('over').items
    if (firing !== undefined) {
      outbox.add([{ ...notification('over'), at: wall.now(), items: [{ ...firing, status: 'resolved' }] }])
    }
    await wall.advance(MIN)
    expect(seen.slice(-2)).toEqual(['63 slack fired', '127 slack fold-2-over'])
    expect(JSON.parse(outbox.row('fold-2-over')?.body ?? '').items).toMatchObject([{ status: 'blip' }])
  })
})

describe('start and stop', () => {
  test('what is pending at the start goes out without a poke; the wait of a row survives', async () => {
    const { wall, outbox, seen, start, send } = playing([asked(30), SENT])
    const first = start()
    send(first, 'a')
    await wall.advance(10_000)
    await first.stop()
    await wall.advance(10_000)
    outbox.add([{ ...notification('b'), at: wall.now() }])
    start()
    await wall.advance(30_000)
    expect(seen).toEqual(['0 slack a', '30 slack a', '30 slack b'])
  })

  test('an attempt in flight has time to end', async () => {
    let answer: (delivery: Delivery) => void = () => {}
    const slow: Destination = {
      kind: 'slack',
      name: 'slack',
      describe: '',
      deliver: () => new Promise((resolve) => (answer = resolve)),
    }
    const { wall, outbox, start, send } = stage({ destinations: [slow] })
    const delivery = start()
    send(delivery, 'a', 'b')
    await wall.advance(0)
    const stopped = delivery.stop()
    await wall.advance(2_999)
    answer(SENT)
    await stopped
    expect([outbox.status('a'), outbox.status('b')]).toEqual(['sent', 'pending'])
    expect(wall.timers).toBe(0)
  })

  test.each<[Answer, number]>([
    ['hang', 3],
    ['deaf', 4],
  ])(
    'one that does not end (%s) is broken off after %i s; its message stays as it was',
    async (answer, seconds) => {
      const { wall, outbox, lines, start, send } = playing([answer])
      const delivery = start()
      send(delivery, 'a')
      await wall.advance(1_000)
      const before = outbox.row('a')
      let over = false
      const stopped = delivery.stop().then(() => (over = true))
      await wall.advance(seconds * 1000 - 1)
      expect(over).toBe(false)
      await wall.advance(1)
      await stopped
      expect(outbox.row('a')).toEqual(before)
      expect([lines, wall.timers]).toEqual([[], 0])
    },
  )

  test('it rests when nothing can happen before time goes on: at once, between two paced messages, until a retry', async () => {
    const { wall, start, send, seen } = playing([SENT, SENT, 'hang', SENT], { pace: 2, timeout: 5 })
    const delivery = start()
    await delivery.rest()
    send(delivery, 'a', 'b')
    expect(delivery.resting).toBe(false)
    await delivery.rest()
    expect(seen).toEqual(['0 slack a'])
    await wall.advance(2_000)
    await delivery.rest()
    expect(seen).toEqual(['0 slack a', '2 slack b'])
    send(delivery, 'c')
    await wall.advance(2_000)
    expect([seen.at(-1), delivery.resting]).toEqual(['4 slack c', false])
    const rested = delivery.rest()
    await wall.advance(5_000)
    await rested
    expect(delivery.resting).toBe(true)
  })

  test('attempts are broken off by the clock of timeouts, retried by the other', async () => {
    const timeouts = new TestWall()
    const { wall, start, send, seen } = playing(['hang', SENT], { timeouts, timeout: 5 })
    const delivery = start()
    send(delivery, 'a')
    await wall.advance(MIN)
    expect([seen, delivery.resting]).toEqual([['0 slack a'], false])
    await timeouts.advance(5_000)
    expect(delivery.resting).toBe(true)
    await wall.advance(2_000)
    expect(seen).toEqual(['0 slack a', '61 slack a'])
  })

  test('idle means that all is told that can be told now', async () => {
    const { wall, start, send } = playing([SENT, SENT, asked(60), SENT], { pace: 1 })
    const delivery = start()
    const idle: number[] = []
    const note = () => void delivery.idle().then(() => idle.push(wall.since()))
    send(delivery, 'a', 'b', 'c')
    note()
    await wall.advance(10_000)
    expect(idle).toEqual([2])
    note()
    await wall.advance(MIN)
    expect(idle).toEqual([2, 10])
    note()
    await wall.settle()
    expect(idle).toEqual([2, 10, 70])
    await delivery.stop()
    await delivery.idle()
  })

  test('messages for nobody stay pending and are reported', () => {
    const { outbox, lines, start } = playing([SENT])
    outbox.add([notification('a', 'pager'), notification('b', 'pager'), notification('c')])
    const delivery = start()
    expect(lines).toEqual([
      "warn 2 messages wait for 'pager', which is not among the destinations; they stay pending",
    ])
    expect(delivery.unclaimed()).toEqual(new Map([['pager', 2]]))
  })

  test('each message that came to its end is announced once that is recorded', async () => {
    const settled: unknown[] = []
    const { wall, outbox, start, send } = playing([REFUSED, AWAY, SENT], {
      settled: () => settled.push([wall.since(), outbox.counts()]),
    })
    send(start(), 'a', 'b')
    await wall.advance(MIN)
    expect(settled).toEqual([
      [0, { pending: 1, sent: 0, dead: 1, folded: 0 }],
      [1, { pending: 0, sent: 1, dead: 1, folded: 0 }],
    ])
  })
})

describe('when the database fails', () => {
  const locked = () => {
    throw new Error('database is locked')
  }

  test('a message that was sent is not sent again because it could not be recorded', async () => {
    const { wall, outbox, lines, seen, start, send } = playing([SENT])
    vi.spyOn(outbox, 'sent').mockImplementationOnce(locked).mockImplementationOnce(locked)
    send(start(), 'a', 'b')
    await wall.advance(MIN)
    expect(seen).toEqual(['0 slack a', '3 slack b'])
    expect(outbox.counts()).toEqual({ pending: 0, sent: 2, dead: 0, folded: 0 })
    expect(lines[1]).toBe(
      'error slack: message a is sent, but that cannot be recorded: database is locked; again in 1s',
    )
  })

  test('reading is tried again', async () => {
    const { wall, outbox, lines, seen, start, send } = playing([SENT])
    vi.spyOn(outbox, 'next').mockImplementationOnce(locked).mockImplementationOnce(locked)
    send(start(), 'a')
    await wall.advance(MIN)
    expect(seen).toEqual(['3 slack a'])
    expect(lines[0]).toBe('error slack: delivery failed: database is locked; again in 1s')
  })

  test('a row that nobody can read is given up, and the next one goes out', async () => {
    const { wall, db, outbox, seen, start, send } = playing([SENT])
    outbox.add([notification('a')])
    db.exec(`UPDATE outbox SET body = '{"id":'`)
    send(start(), 'b')
    await wall.advance(0)
    expect(outbox.row('a')).toMatchObject({ status: 'dead', lastError: 'the row cannot be read' })
    expect(seen).toEqual(['0 slack b'])
  })
})
