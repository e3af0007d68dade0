import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { debounceTime } from 'rxjs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { decodeMsg, type Event, encodeMsg, makeEvent } from 'weir-protocol'
import { Rig, START } from './hub.fixture.ts'
import { EVENTS_A_TURN } from './pump.ts'
import { rule } from './rules/rule.ts'
import { bareRuleSet } from './rules/rule-set.ts'
import { alert } from './streams/alert.ts'
import { by } from './streams/by.ts'
import { index } from './streams/index-events.ts'

describe('the hub', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'weir-hub-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  test('answers when the events are in the journal and through the rules', () => {
    const rig = new Rig(dir, START)
    rig.settle()
    rig.hub.submit(
      'tcp',
      encodeMsg({ events: [makeEvent({ host: 'a', service: 's', time: 1 })] }),
      (outcome) => {
        expect(rig.journal.next).toBe(3)
        expect(rig.indexed()).toEqual(['a s'])
        rig.outcomes.push(outcome)
      },
    )
    expect(rig.outcomes).toEqual([])
    rig.settle()
    expect(rig.outcomes).toEqual([{ ok: true }])
    rig.kill()
  })

  test('a large message is worked off in parts, between which others get a turn, and answered once', () => {
    const rig = new Rig(dir, START)
    rig.settle()
    const events = Array.from({ length: 2.5 * EVENTS_A_TURN }, (_, n) =>
      makeEvent({ host: `h${n}`, service: 's', time: 1 }),
    )
    rig.hub.submit('tcp', encodeMsg({ events }), (outcome) => rig.outcomes.push(outcome))
    const seen: (readonly [number, number])[] = []
    while (rig.turn()) seen.push([rig.indexed().length, rig.outcomes.length])
    expect(seen).toEqual([
      [EVENTS_A_TURN, 0],
      [2 * EVENTS_A_TURN, 0],
      [2.5 * EVENTS_A_TURN, 1],
    ])
    const order = rig.indexed()
    rig.kill()
    const again = new Rig(dir, rig.wall.now())
    again.settle()
    expect(again.indexed().filter((name) => name !== 'hub weir/restart')).toEqual(order)
    again.kill()
  })

  test('a checkpoint begins between two records, although a reload is answered while a large message is worked on', async () => {
    const rig = new Rig(dir, START)
    rig.settle()
    const events = Array.from({ length: 2.5 * EVENTS_A_TURN }, (_, n) =>
      makeEvent({ host: `h${n}`, service: 's', time: 1 }),
    )
    const rules = rig.hub.fold.engine.runs.map((run) => run.rule)
    const reloaded = rig.hub.reload(bareRuleSet(rules))
    await vi.waitUntil(() => rig.hub.busy)
    rig.hub.submit('tcp', encodeMsg({ events }), (outcome) => rig.outcomes.push(outcome))
    rig.turn()
    // The reload is answered now, and would go on.
    await new Promise(setImmediate)
    expect(rig.indexed()).toHaveLength(EVENTS_A_TURN)
    rig.settle()
    await reloaded
    const isWritten = () => {
      rig.settle()
      return existsSync(join(dir, 'checkpoints')) && readdirSync(join(dir, 'checkpoints')).some(isWhole)
    }
    await vi.waitUntil(isWritten, { timeout: 20_000 })
    expect(rig.indexed()).toHaveLength(events.length)
    rig.kill()
    const again = new Rig(dir, rig.wall.now())
    again.settle()
    expect(again.indexed().filter((name) => name !== 'hub weir/restart')).toHaveLength(events.length)
    again.kill()
  })

  test.each(['kill', 'stop'] as const)(
    'after a %s everything is as it was, and nothing is told twice',
    async (end) => {
      const first = new Rig(dir, START)
      for (let i = 0; i < 9; i++) {
        first.send(
          { host: 'db-1', service: 'disk', metric: 3, ttl: 30 },
          { host: 'web-1', service: 'heartbeat', ttl: 20 },
        )
        await first.pass(10)
      }
      expect(first.open()).toEqual(['disk db-1 firing'])
      expect(first.messages()).toEqual(['firing db-1'])
      const indexed = first.indexed()
      await first[end]()

      const second = new Rig(dir, START + 100_000_000)
      second.settle()
      expect(second.recovery.records > 0).toBe(end === 'kill')
      expect(second.open()).toEqual(['disk db-1 firing'])
      expect(second.indexed()).toEqual([...indexed, 'hub weir/restart'])
      await second.pass(8)
      expect(second.messages()).toEqual(['firing db-1'])
      second.send(
        { host: 'db-1', service: 'disk', metric: 60, ttl: 30 },
        { host: 'web-1', service: 'heartbeat', ttl: 20 },
      )
      await second.pass(6)
      expect(second.open()).toEqual([])
      expect(second.messages()).toEqual(['firing db-1', 'resolved db-1'])
      await second[end]()
    },
  )

  test.each(['kill', 'stop'] as const)(
    'time in which the hub was away (%s) is not charged to hosts, they get a while to be heard again, and it is said',
    async (end) => {
      const first = new Rig(dir, START)
      first.send(
        { host: 'web-1', service: 'heartbeat', ttl: 20 },
        { host: 'web-2', service: 'heartbeat', ttl: 70 },
        { host: 'web-3', service: 'heartbeat', ttl: 120 },
      )
      await first.pass(19)
      await first[end]()

      const second = new Rig(dir, START + 60_000_000)
      second.settle()
      expect(second.recovery.restart).toEqual({ away: 41_000_000, held: 1 })
      const told = second.hub.fold.index.lookup('hub', 'weir/restart')
      expect(told).toMatchObject({
        state: 'ok',
        metric: 41,
        description: 'restarted, was away 41s, 1 expiry held back',
      })
      expect(second.hub.fold.heldBack).toBe(1)
      await second.pass(30)
      expect(second.open()).toEqual([])
      await second.pass(2)
      expect(second.open()).toEqual(['host down web-1 firing'])
      await second.pass(48)
      expect(second.open()).toEqual(['host down web-1 firing'])
      await second.pass(2)
      expect(second.open()).toEqual(['host down web-1 firing', 'host down web-2 firing'])
      const ids = [...second.hub.fold.book.open].map((one) => one.id)
      second.kill()

      const third = new Rig(dir, START + 160_000_000)
      third.settle()
      expect([...third.hub.fold.book.open].map((one) => one.id)).toEqual(ids)
      third.kill()
    },
  )

  test('a host that speaks again after the restart is not called down, although its ttl had nearly run out', async () => {
    const first = new Rig(dir, START)
    first.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
    await first.pass(19)
    first.kill()
    const second = new Rig(dir, START + 60_000_000)
    second.settle()
    for (let times = 0; times < 4; times++) {
      await second.pass(14)
      second.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
    }
    expect(second.messages()).toEqual([])
    second.kill()
  })

  test('one that is started every twelve seconds calls a dead host down all the same, and says that hosts get less time', async () => {
    let rig = new Rig(dir, START)
    rig.send(
      { host: 'web-1', service: 'heartbeat', ttl: 20 },
      { host: 'web-2', service: 'heartbeat', ttl: 20 },
    )
    for (let n = 0; n < 15; n++) {
      await rig.pass(10)
      rig.send({ host: 'web-2', service: 'heartbeat', ttl: 20 })
      rig.kill()
      rig = new Rig(dir, rig.wall.now() + 2_000_000)
      rig.settle()
    }
    expect([rig.open(), rig.messages()]).toEqual([['host down web-1 firing'], ['firing web-1']])
    expect(rig.recovery.restart).toMatchObject({ held: 0, grace: expect.closeTo(2_500_000, -6) })
    expect(rig.hub.fold.index.lookup('hub', 'weir/restart')?.description).toMatch(
      /^restarted, was away 2s, 0 expiries held back; after so many starts, what waits to be heard is given 2s.* instead of 30s$/,
    )
    rig.kill()
  })

  test('a restart in no time at all charges nothing and says nothing', async () => {
    const first = new Rig(dir, START)
    first.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
    await first.pass(19)
    first.kill()
    const second = new Rig(dir, START + 19_000_000)
    second.settle()
    expect(second.indexed()).toEqual(['web-1 heartbeat'])
    await second.pass(2)
    expect(second.open()).toEqual(['host down web-1 firing'])
    second.kill()
  })

  test('an alert that was journaled but not written to the tables is told after the restart', async () => {
    const first = new Rig(dir, START)
    first.send({ host: 'web-1', service: 'heartbeat', ttl: 2 })
    await first.pass(60)
    expect(first.messages()).toEqual(['firing web-1'])
    first.kill()
    const db = new DatabaseSync(join(dir, 'weir.db'))
    db.exec('delete from outbox; delete from alerts')
    db.close()

    const second = new Rig(dir, START + 70_000_000)
    expect(second.messages()).toEqual(['firing web-1'])
    second.kill()
  })

  test('a stall or suspend is not charged to hosts either, and replay sees it the same way', async () => {
    const rig = new Rig(dir, START)
    rig.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
    await rig.pass(15)
    rig.wall.jump(600_000)
    rig.send({ host: 'db-1', service: 'cpu' })
    expect(rig.open()).toEqual([])
    expect(rig.log).toEqual([expect.stringContaining('stood still for 600')])
    await rig.pass(34)
    expect(rig.open()).toEqual([])
    await rig.pass(2)
    expect(rig.open()).toEqual(['host down web-1 firing'])
    const ids = [...rig.hub.fold.book.open].map((one) => one.id)
    rig.kill()

    const again = new Rig(dir, START + 700_000_000)
    expect([...again.hub.fold.book.open].map((one) => one.id)).toEqual(ids)
    again.kill()
  })

  test('a clock that is set back by an hour: dead hosts are seen all the same, and it is said', async () => {
    const rig = new Rig(dir, START)
    rig.send(
      { host: 'web-1', service: 'heartbeat', ttl: 20 },
      { host: 'web-2', service: 'heartbeat', ttl: 3600 },
    )
    await rig.pass(5)
    rig.wall.jump(-3600_000)
    await rig.pass(1)
    expect(rig.log).toEqual([expect.stringMatching(/^CLOCK: the machine's clock is (59m 59s|1h) behind/)])
    expect(rig.hub.clockAhead / 1e6).toBeCloseTo(3599.9, 0)
    expect(rig.hub.fold.index.lookup('hub', 'weir/clock')?.state).toBe('warning')
    // Fifteen seconds more, at nine tenths of the speed.
    await rig.pass(14)
    expect(rig.open()).toEqual([])
    await rig.pass(3)
    expect(rig.open()).toEqual(['host down web-1 firing'])
    rig.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
    expect(rig.outcomes.at(-1)).toEqual({ ok: true })
    expect(rig.open()).toEqual([])
    rig.wall.jump(3600_000)
    await rig.pass(1)
    expect(rig.hub.clockAhead).toBe(0)
    expect(rig.log[1]).toContain('has caught up')
    expect(rig.hub.fold.index.lookup('hub', 'weir/clock')?.state).toBe('ok')
    expect(rig.open()).toEqual([])
    const held = rig.indexed()
    rig.kill()
    const again = new Rig(dir, rig.wall.now() + 1)
    again.settle()
    expect(again.indexed()).toEqual(expect.arrayContaining([...held]))
    again.kill()
  })

  test('a clock that is set forward and back, or is wrong at a start: what was recorded counts, and time goes on', async () => {
    const rig = new Rig(dir, START)
    rig.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
    await rig.pass(5)
    rig.wall.jump(86_400_000)
    await rig.pass(1)
    expect(rig.log).toEqual([expect.stringContaining('stood still for 86400')])
    rig.wall.jump(-86_400_000)
    await rig.pass(1)
    expect(rig.hub.clockAhead / 1e6).toBeCloseTo(86_400, 0)
    rig.kill()
    const again = new Rig(dir, START + 20_000_000)
    again.settle()
    expect(again.log).toEqual([expect.stringMatching(/^CLOCK: the machine's clock is 23h 59m behind/)])
    expect(again.hub.fold.index.lookup('hub', 'weir/clock')?.state).toBe('warning')
    expect(again.recovery.restart).toEqual({ away: 1, held: 0 })
    // Fourteen seconds of the ttl and thirty more, at nine tenths of the speed; and those of the time that was forward.
    await again.pass(48)
    expect(again.open()).toEqual([])
    await again.pass(40)
    expect(again.open()).toEqual(['host down web-1 firing'])
    again.kill()
  })

  test('what the journal does not take is answered with the reason, and is not evaluated', () => {
    const rig = new Rig(dir, START)
    rig.settle()
    rig.journal.close()
    rig.send({ host: 'a', service: 's' })
    expect(rig.outcomes).toEqual([{ ok: false, error: expect.stringContaining('not recorded') }])
    expect(rig.indexed()).toEqual([])
    expect(rig.hub.journalErrors).toBe(1)
    rig.kill()
  })

  test.each(['ENOSPC', 'EROFS'] as const)(
    'a disk that refuses (%s): the hub goes on, tells alerts and says so; then it records again, with nothing lost',
    async (fault) => {
      const rig = new Rig(dir, START)
      rig.send({ host: 'web-1', service: 'heartbeat', ttl: 20 })
      await rig.pass(5)
      rig.fault = fault
      rig.send({ host: 'web-2', service: 'heartbeat', ttl: 600 })
      expect(rig.outcomes.at(-1)).toEqual({ ok: false, error: 'evaluated, not recorded' })
      expect(rig.hub.degraded?.reason).toContain(`${fault}: the disk refuses`)
      expect(rig.log.at(-1)).toContain('DEGRADED')
      await rig.pass(30)
      expect(rig.indexed()).toEqual(['web-2 heartbeat', 'hub weir/journal'])
      expect(rig.open()).toEqual(['host down web-1 firing'])
      expect(rig.messages()).toEqual(['firing web-1'])

      rig.fault = undefined
      await rig.pass(6)
      expect(rig.hub.degraded).toBeUndefined()
      rig.send({ host: 'web-3', service: 'heartbeat', ttl: 600 })
      expect(rig.outcomes.at(-1)).toEqual({ ok: true })
      const held = [rig.open(), rig.indexed()]
      rig.kill()
      const again = new Rig(dir, START + 100_000_000)
      again.settle()
      expect([again.open(), again.indexed().filter((name) => name !== 'hub weir/restart')]).toEqual(held)
      await again.pass(10)
      expect(again.messages()).toEqual(['firing web-1'])
      again.kill()
    },
  )

  test('it records again, too, while there is always a large message in work when it looks', async () => {
    const rig = new Rig(dir, START)
    rig.settle()
    rig.fault = 'ENOSPC'
    rig.send({ host: 'a', service: 's' })
    await rig.pass(4)
    rig.fault = undefined
    const events = Array.from({ length: 2.5 * EVENTS_A_TURN }, () =>
      makeEvent({ host: 'a', service: 's', time: 1 }),
    )
    for (let tick = 0; tick < 20; tick++) {
      rig.hub.submit('tcp', encodeMsg({ events }))
      rig.turn()
      await rig.wall.advance(100)
      rig.settle()
    }
    expect(rig.hub.degraded).toBeUndefined()
    rig.kill()
  })

  test('what arrives while a large message is in work arrives when it does', async () => {
    const rig = new Rig(dir, START)
    rig.settle()
    const events = Array.from({ length: 2.5 * EVENTS_A_TURN }, () =>
      makeEvent({ host: 'a', service: 's', time: 1 }),
    )
    rig.hub.submit('tcp', encodeMsg({ events }))
    rig.turn()
    const before = rig.wall.now()
    rig.hub.submit('tcp', encodeMsg({ events: [] }))
    rig.turn()
    await rig.wall.advance(50)
    rig.hub.submit('tcp', encodeMsg({ events: [] }))
    rig.settle()
    const arrivals = [...rig.journal.read()].map(({ arrival }) => arrival - before)
    expect(arrivals.slice(-2)).toEqual([0, 50_000])
    rig.kill()
  })

  test('a volatile rule with a lookback goes on after a stop with what came before it', async () => {
    const quiet = rule('quiet', {
      match: { service: 's' },
      lookback: '5m',
      stream: by('host', debounceTime(60_000), alert({ summary: 'quiet', notify: [{ name: 'ops' }] })),
    })
    const rules = [rule('index', { stream: index() }), quiet]
    const first = new Rig(dir, START, { rules })
    first.send({ host: 'a', service: 's', state: 'bad', ttl: 900 })
    await first.pass(70)
    first.send({ host: 'b', service: 's', state: 'bad', ttl: 900 })
    await first.pass(20)
    expect(first.messages()).toEqual(['firing a'])
    await first.stop()
    const second = new Rig(dir, START + 91_000_000, { rules })
    await second.pass(80)
    expect(second.recovery.records).toBe(0)
    expect(second.messages()).toEqual(['firing a', 'firing b'])
    second.kill()
  })

  test('a forgotten host leaves index and alerts, without a message, also in replay', async () => {
    const rig = new Rig(dir, START)
    rig.send({ host: 'web-1', service: 'heartbeat', ttl: 2 }, { host: 'web-1', service: 'cpu', ttl: 900 })
    await rig.pass(30)
    expect(rig.open()).toEqual(['host down web-1 firing'])
    const forgotten = rig.hub.command({ do: 'forget', host: 'web-1' })
    rig.settle()
    expect(await forgotten).toEqual({ ok: true, said: 'forgotten: 1 entries of web-1 left the index' })
    expect([rig.open(), rig.indexed(), rig.messages()]).toEqual([[], [], ['firing web-1']])
    rig.kill()
    const again = new Rig(dir, START + 60_000_000)
    expect([again.open(), again.indexed()]).toEqual([[], ['hub weir/restart']])
    again.kill()
  })

  test('a drill fires, is told, and is over in two minutes, or when the hub starts again', async () => {
    const rig = new Rig(dir, START)
    rig.settle()
    const drill = (rule: string) => {
      const done = rig.hub.command({ do: 'drill', rule, host: 'web-1', who: 'kim' })
      rig.settle()
      return done
    }
    expect(await drill('index')).toMatchObject({
      ok: false,
      error: expect.stringContaining("there are 'disk'"),
    })
    expect(await drill('disk')).toMatchObject({ ok: true, said: "the drill of 'disk' on web-1 fires" })
    await rig.pass(119)
    expect([rig.open(), rig.messages()]).toEqual([['disk fire drill,web-1 firing'], ['firing web-1']])
    await rig.pass(10)
    expect([rig.open(), rig.messages()]).toEqual([[], ['firing web-1', 'resolved web-1']])

    await drill('host down')
    await rig.pass(6)
    rig.kill()
    const again = new Rig(dir, rig.wall.now() + 1_000_000)
    expect(again.open()).toEqual(['host down fire drill,web-1 firing'])
    await again.pass(10)
    expect(again.open()).toEqual([])
    expect(again.messages()).toEqual([
      ...['firing web-1', 'resolved web-1'],
      ...['firing web-1', 'resolved web-1'],
    ])
    again.kill()
  })

  describe('queries', () => {
    const answers = (rig: Rig) =>
      rig.outcomes.map((outcome) =>
        outcome.ok
          ? decodeMsg(outcome.msg ?? new Uint8Array(0), 0).events.map(
              ({ host, metric }) => `${host} ${metric}`,
            )
          : outcome.error,
      )
    const ask = (rig: Rig, query: string, ...events: readonly Partial<Event>[]) =>
      rig.hub.submit(
        'tcp',
        encodeMsg({ query, events: events.map((event) => makeEvent({ time: 1, service: 's', ...event })) }),
        (outcome) => rig.outcomes.push(outcome),
      )
    /** Answers come by promises. */
    const answered = async (rig: Rig) => {
      for (let i = 0; i < 5; i++) {
        rig.settle()
        await new Promise((resolve) => setImmediate(resolve))
      }
      return answers(rig)
    }

    test('see what was sent before them, in the same message too', async () => {
      const rig = new Rig(dir, START)
      rig.settle()
      ask(rig, 'host = "a"', { host: 'a', metric: 1 })
      ask(rig, 'service = "s" order by host', { host: 'b', metric: 2 })
      ask(rig, 'host = "b" and service = "s"')
      expect(await answered(rig)).toEqual([['a 1'], ['a 1', 'b 2'], ['b 2']])
      rig.kill()
    })

    test('are not journaled', async () => {
      const rig = new Rig(dir, START)
      rig.settle()
      const { appendedRecords } = rig.journal.counters
      ask(rig, 'true')
      expect(await answered(rig)).toEqual([[]])
      expect(rig.journal.counters.appendedRecords).toBe(appendedRecords)
      rig.kill()
    })

    test('that cannot be read are answered with the reason, and their events are taken', async () => {
      const rig = new Rig(dir, START)
      rig.settle()
      ask(rig, 'host =', { host: 'a', metric: 1 })
      ask(rig, 'true')
      expect(await answered(rig)).toEqual([
        'the query ends where a field or a value should follow (column 7)\n  host =\n        ^',
        ['a 1'],
      ])
      expect(rig.hub.asking.counters).toMatchObject({ invalid: 1, answered: 1 })
      rig.kill()
    })

    test('are answered while the disk refuses, but for those with events', async () => {
      const rig = new Rig(dir, START)
      rig.send({ host: 'a', service: 's', metric: 1 })
      rig.outcomes.length = 0
      rig.fault = 'ENOSPC'
      ask(rig, 'host = "a"')
      ask(rig, 'host = "b"', { host: 'b', metric: 2 })
      ask(rig, 'host = "b"')
      expect((await answered(rig)).sort()).toEqual([['a 1'], ['b 2'], 'evaluated, not recorded'])
      rig.kill()
    })

    test('are refused when too many wait', async () => {
      const rig = new Rig(dir, START)
      rig.settle()
      // More than is looked at at once.
      rig.send(...Array.from({ length: 7_000 }, (_, n) => ({ host: 'h', service: `${n}` })))
      rig.outcomes.length = 0
      for (let i = 0; i < 1_001; i++) ask(rig, 'false')
      const all = await answered(rig)
      expect(all.filter((answer) => typeof answer === 'string')).toEqual([
        'more than 1000 queries wait to be answered; ask again in a moment',
      ])
      expect(all).toHaveLength(1_001)
      rig.kill()
    })
  })
})

function isWhole(name: string): boolean {
  return name.endsWith('.jsonl')
}
