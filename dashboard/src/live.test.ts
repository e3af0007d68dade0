import { describe, expect, test } from 'vitest'
import type { Changes, Frame, Snapshot } from 'weir-hub/live'
import { type Live, SILENCE_MS, watchHub } from './live.ts'
import type { Listener } from './socket.ts'
import { alert, hub, row } from './testing/samples.ts'
import { type VirtualClock, virtualClock } from './testing/virtual-clock.ts'

const start = 1_000_000
const frameMs = 16

/** A page with a hub that does what the test says. */
function stage(): { clock: VirtualClock; live: Live; attempts: number[]; hub: HubStandIn } {
  const clock = virtualClock(start)
  const attempts: number[] = []
  let listener: Listener | undefined
  const standIn: HubStandIn = {
    sends: (...frames) => {
      for (const frame of frames) listener?.message(typeof frame === 'string' ? frame : JSON.stringify(frame))
    },
    hangsUp: () => listener?.closed(),
    hears: () => listener !== undefined,
  }
  const live = watchHub({
    clock,
    random: () => 0,
    connect(on) {
      attempts.push(clock.now() - start)
      listener = on
      return () => {
        if (listener === on) listener = undefined
      }
    },
  })
  return { clock, live, attempts, hub: standIn }
}

interface HubStandIn {
  sends(...frames: readonly (Frame | string)[]): void
  hangsUp(): void
  hears(): boolean
}

const snapshot = (parts: Partial<Snapshot> = {}): Snapshot => ({
  type: 'snapshot',
  now: start,
  hub: hub(),
  rows: [],
  alerts: [],
  ...parts,
})

const changes = (parts: Partial<Changes>): Changes => ({ type: 'changes', now: start, ...parts })

const rowsOf = (live: Live) => live.rows.cells().map((cell) => `${cell.row().host}=${cell.row().metric}`)

describe('the connection', () => {
  test('counts as connected when the snapshot has come, not before', () => {
    const { clock, live, hub } = stage()
    expect(live.link()).toEqual({ kind: 'connecting' })
    clock.pass(100)
    hub.sends(changes({ rows: [row('web-1', 'cpu')] }))
    expect(live.link()).toEqual({ kind: 'connecting' })
    hub.sends(snapshot())
    expect(live.link()).toEqual({ kind: 'connected' })
    clock.pass(frameMs)
    expect(rowsOf(live)).toEqual([])
  })

  test('is tried again after 0.5, 1, 2, 4, 8, 15 and 15 seconds, and says since when it is gone', () => {
    const { clock, live, attempts, hub } = stage()
    hub.sends(snapshot())
    clock.pass(1000)
    hub.hangsUp()
    for (let failures = 0; failures < 7; failures++) {
      clock.pass(15_000)
      hub.hangsUp()
    }
    expect(live.link()).toEqual({ kind: 'disconnected', since: start + 1000 })
    expect(attempts).toEqual([0, 1500, 17_000, 33_000, 50_000, 69_000, 91_000, 106_000])
  })

  test('begins with short waits again once a snapshot has come', () => {
    const { clock, live, attempts, hub } = stage()
    hub.hangsUp()
    clock.pass(500)
    hub.hangsUp()
    clock.pass(1000)
    hub.sends(snapshot())
    expect(live.link()).toEqual({ kind: 'connected' })
    hub.hangsUp()
    clock.pass(500)
    expect(attempts).toEqual([0, 500, 1500, 2000])
    expect(live.link()).toEqual({ kind: 'disconnected', since: start + 1500 })
  })

  test('that falls silent is lost since it was last heard', () => {
    const { clock, live, attempts, hub } = stage()
    hub.sends(snapshot())
    clock.pass(SILENCE_MS - 1)
    hub.sends(changes({}))
    clock.pass(SILENCE_MS - 1)
    expect(live.link()).toEqual({ kind: 'connected' })
    clock.pass(1)
    expect(live.link()).toEqual({ kind: 'disconnected', since: start + SILENCE_MS - 1 })
    expect(hub.hears()).toBe(false)
    clock.pass(500)
    expect([attempts.length, hub.hears()]).toEqual([2, true])
  })

  test('that is never answered is given up and tried again', () => {
    const { clock, attempts } = stage()
    clock.pass(2 * SILENCE_MS + 1500)
    expect(attempts).toEqual([0, SILENCE_MS + 500, 2 * SILENCE_MS + 1500])
  })

  test('can be tried at once, one attempt at a time', () => {
    const { clock, live, attempts, hub } = stage()
    live.retry()
    expect(attempts).toEqual([0])
    hub.hangsUp()
    live.retry()
    hub.hangsUp()
    clock.pass(400)
    live.retry()
    clock.pass(5000)
    expect(attempts).toEqual([0, 0, 400])
  })

  test('that was stopped stays so', () => {
    const { clock, live, attempts, hub } = stage()
    hub.sends(snapshot())
    live.stop()
    clock.pass(100_000)
    live.retry()
    expect([attempts.length, hub.hears(), live.now()]).toEqual([1, false, start])
  })
})

describe('frames', () => {
  test('show with the next painting, as one', () => {
    const { clock, live, hub: standIn } = stage()
    standIn.sends(
      snapshot({ rows: [row('web-1', 'cpu', { metric: 1 }), row('web-2', 'cpu', { metric: 1 })] }),
      changes({ rows: [row('web-1', 'cpu', { metric: 2 })], gone: [['web-2', 'cpu']] }),
      changes({ rows: [row('web-1', 'cpu', { metric: 3 })], hub: hub({ indexed: 7 }) }),
      changes({
        rows: [row('web-3', 'cpu', { metric: 4 })],
        alerts: [alert('disk full', 'web-1', 'critical')],
      }),
      changes({}),
    )
    expect([rowsOf(live), live.hub(), live.alerts()]).toEqual([[], undefined, []])
    clock.pass(frameMs)
    expect(rowsOf(live)).toEqual(['web-1=3', 'web-3=4'])
    expect([live.hub()?.indexed, live.alerts().length]).toEqual([7, 1])
  })

  test('that leave something out leave it as it is', () => {
    const { clock, live, hub: standIn } = stage()
    standIn.sends(
      snapshot({ alerts: [alert('disk full', 'web-1', 'critical')], rows: [row('web-1', 'cpu')] }),
    )
    clock.pass(frameMs)
    standIn.sends(changes({ hub: hub({ events: 5 }) }))
    clock.pass(frameMs)
    expect([live.alerts().length, live.hub()?.events, rowsOf(live)]).toEqual([1, 5, ['web-1=null']])
  })

  test('a row that left and came back in one frame is there', () => {
    const { clock, live, hub: standIn } = stage()
    standIn.sends(snapshot({ rows: [row('web-1', 'cpu')] }))
    standIn.sends(changes({ gone: [['web-1', 'cpu']], rows: [row('web-1', 'cpu', { metric: 9 })] }))
    clock.pass(frameMs)
    expect(rowsOf(live)).toEqual(['web-1=9'])
  })

  test('a new snapshot after a reconnect replaces everything', () => {
    const { clock, live, hub: standIn } = stage()
    standIn.sends(
      snapshot({ rows: [row('web-1', 'cpu')], alerts: [alert('disk full', 'web-1', 'critical')] }),
    )
    clock.pass(frameMs)
    standIn.hangsUp()
    expect(rowsOf(live)).toEqual(['web-1=null'])
    clock.pass(500)
    standIn.sends(snapshot({ rows: [row('web-2', 'cpu')] }))
    clock.pass(frameMs)
    expect([rowsOf(live), live.alerts()]).toEqual([['web-2=null'], []])
  })

  test.each([
    '',
    'null',
    '[]',
    '{"type":"changes"}',
    '{"type":"snapshot","now":1}',
    '{"type":"greeting","now":1}',
    '{',
  ])('what is none is passed over: %s', (text) => {
    const { clock, live, hub: standIn } = stage()
    standIn.sends(text, snapshot({ rows: [row('web-1', 'cpu')] }), text)
    clock.pass(frameMs)
    expect([live.link(), rowsOf(live)]).toEqual([{ kind: 'connected' }, ['web-1=null']])
  })

  test('are taken at once when more rows wait than the page holds', () => {
    const { live, hub: standIn } = stage()
    standIn.sends(snapshot())
    standIn.sends(changes({ rows: Array.from({ length: 20_001 }, (_, n) => row(`web-${n}`, 'cpu')) }))
    expect([live.rows.cells().length, live.rows.full()]).toEqual([20_000, true])
  })
})

describe('the time', () => {
  test('is the hub’s, ticks each second, and follows the hub when it is wrong', () => {
    const { clock, live, hub } = stage()
    const hour = 3_600_000
    hub.sends(snapshot({ now: start + hour }))
    expect(live.now()).toBe(start + hour)
    clock.pass(1999)
    expect(live.now()).toBe(start + hour + 1000)
    hub.sends(changes({ now: start + hour + 500 }))
    expect(live.now()).toBe(start + hour + 1000)
    hub.sends(changes({ now: start }))
    expect(live.now()).toBe(start)
  })

  test('goes on while the hub is away', () => {
    const { clock, live, hub } = stage()
    hub.sends(snapshot({ now: start + 50 }))
    hub.hangsUp()
    clock.pass(60_000)
    expect(live.now()).toBe(start + 60_050)
  })
})
