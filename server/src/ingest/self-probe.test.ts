import { expect, test } from 'vitest'
import { decodeMsg } from 'weir-protocol'
import { TestWall } from '../clock/test-wall.ts'
import type { Outcome } from './intake.ts'
import { selfProbe } from './self-probe.ts'

test('it probes at once and then every interval, each after the last was handled, until it is stopped', async () => {
  const wall = new TestWall(0)
  const probes: string[] = []
  const waiting: ((outcome: Outcome) => void)[] = []
  const stop = selfProbe({ interval: '30s', host: 'hub-1' }).start(
    {
      submit(transport, msg, done = () => {}) {
        for (const { host, service, state, ttl } of decodeMsg(msg, 0).events)
          probes.push(`${wall.now() / 1e6} s ${transport} ${host} ${service} ${state} ttl ${ttl}`)
        waiting.push(done)
      },
      rejected: () => {},
      now: () => wall.now(),
    },
    wall,
  )
  const handled = () => waiting.shift()?.({ ok: true })
  handled()
  await wall.advance(30_000)
  await wall.advance(60_000)
  handled()
  await wall.advance(30_000)
  expect(probes).toEqual([
    '0 s self hub-1 weir/probe ok ttl 90',
    '30 s self hub-1 weir/probe ok ttl 90',
    '120 s self hub-1 weir/probe ok ttl 90',
  ])
  handled()
  stop()
  await wall.advance(90_000)
  expect(probes).toHaveLength(3)
})
