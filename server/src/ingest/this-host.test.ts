import { expect, test } from 'vitest'
import type { Reading } from 'weir-client/sampler'
import { decodeMsg, type Event } from 'weir-protocol'
import { TEST_START, TestWall } from '../clock/test-wall.ts'
import { WeirError } from '../errors.ts'
import type { Intake, Outcome } from './intake.ts'
import { thisHost } from './this-host.ts'

const reading = (changes: Partial<Reading> = {}): Reading => ({
  host: 'web-1',
  uptime: 7,
  filesystems: [],
  interfaces: [],
  problems: [],
  ...changes,
})

/** An input that runs against a wall of the test, with a timetable of what it did. */
function start(options: Parameters<typeof thisHost>[0], done: (tell: (outcome: Outcome) => void) => void) {
  const wall = new TestWall()
  const seen: string[] = []
  const events: Event[] = []
  const note = (what: string) => void seen.push(`${wall.since()}s ${what}`)
  const intake: Intake = {
    submit(transport, msg, tell = () => {}) {
      events.push(...decodeMsg(msg, 0).events)
      note(`${transport} ${decodeMsg(msg, 0).events.length}`)
      done(tell)
    },
    rejected: (transport, reason) => note(`${transport} ${reason}`),
    now: () => wall.now(),
  }
  const stop = thisHost(options).start(intake, wall, (line) => note(line))
  return { wall, seen, events, stop }
}

const atOnce = (tell: (outcome: Outcome) => void) => tell({ ok: true })

test('samples at once, then every interval, until it is stopped', async () => {
  const { wall, seen, events, stop } = start(
    { interval: '5s', host: 'db-1', read: async () => reading() },
    atOnce,
  )
  await wall.advance(12_000)
  expect(seen).toEqual(['0s sampler 1', '5s sampler 1', '10s sampler 1'])
  expect(events[1]).toMatchObject({
    host: 'db-1',
    service: 'uptime/uptime',
    metric: 7,
    time: TEST_START + 5_000_000,
    ttl: 10,
  })
  stop()
  await wall.advance(60_000)
  expect([seen.length, wall.timers]).toEqual([3, 0])
})

test('what cannot be read is counted each time and logged once, and the rest comes', async () => {
  const problems = ['/proc/stat: EACCES', '/data: EIO']
  const { wall, seen } = start({ read: async () => reading({ problems }) }, atOnce)
  await wall.advance(10_000)
  expect(seen).toEqual([
    '0s sampler read-failed',
    '0s this host: cannot read /proc/stat: EACCES',
    '0s sampler read-failed',
    '0s this host: cannot read /data: EIO',
    '0s sampler 1',
    '10s sampler read-failed',
    '10s sampler read-failed',
    '10s sampler 1',
  ])
})

test('a reading that throws is counted, and the next one is tried', async () => {
  let reads = 0
  const read = async () => {
    if (++reads < 3) throw new Error('out of file handles')
    return reading()
  }
  const { wall, seen } = start({ read }, atOnce)
  await wall.advance(20_000)
  expect(seen).toEqual([
    '0s sampler read-failed',
    '0s this host: cannot read out of file handles',
    '10s sampler read-failed',
    '20s sampler 1',
  ])
})

test('samples do not pile up before a hub that is behind', async () => {
  const waiting: ((outcome: Outcome) => void)[] = []
  const { wall, seen } = start({ read: async () => reading() }, (tell) => waiting.push(tell))
  await wall.advance(35_000)
  expect(seen).toEqual(['0s sampler 1'])
  waiting.pop()?.({ ok: false, error: 'the journal is full' })
  await wall.advance(9_000)
  expect(seen).toEqual(['0s sampler 1', '35s sampler 1'])
})

test('says what it is, and refuses an interval that is none', () => {
  expect(thisHost()).toMatchObject({ kind: 'this-host', describe: 'this host, every 10s' })
  expect(thisHost({ host: 'db-1', interval: 90 }).describe).toBe('this host as db-1, every 1m 30s')
  expect(() => thisHost({ interval: 0 })).toThrow(WeirError)
})
