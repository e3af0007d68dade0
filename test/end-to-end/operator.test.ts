import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from 'weir-client'
import { startHub } from '../hub.ts'
import { eventually, run, scratch } from '../real/processes.ts'

const WEIR = new URL('../../server/src/cli/weir.ts', import.meta.url).pathname

test('an operator sees alerts, acknowledges, silences and reads why; a kill -9 forgets none of it', {
  timeout: 120_000,
}, async () => {
  const dir = await scratch()
  const data = join(dir, 'data')
  const weir = async (...args: readonly string[]) => {
    const ran = run(process.execPath, [WEIR, ...args, '--data', data])
    const { code } = await ran.exit
    return { code, out: ran.output() }
  }
  expect(await weir('alerts')).toEqual({
    code: 1,
    out: expect.stringContaining('no hub runs on this data directory'),
  })

  const hub = await startHub({ dir })
  expect(statSync(join(data, 'weir.sock')).mode & 0o777).toBe(0o600)
  expect(await weir('alerts')).toEqual({ code: 0, out: 'nothing is firing\n' })
  const client = await connect({ port: hub.port })
  await client.send({ host: 'web-9', service: 'heartbeat', ttl: 1 })
  await client.close()
  const id = await eventually(async () => {
    const { out } = await weir('alerts', '--json')
    return /"id":"([^"]+)"/.exec(out)?.[1]
  }, 'an alert')

  expect(await weir('ack', id, '--why', 'new disk ordered', '--who', 'kim', '--for', '2h')).toEqual({
    code: 0,
    out: 'acknowledged by kim\n',
  })
  expect((await weir('silence', '--host', 'web-*', '--why', 'move', '--for', '1h')).out).toMatch(
    /^silenced: s-/,
  )
  expect(await weir('ack', 'nothing', '--why', 'x')).toEqual({
    code: 1,
    out: expect.stringContaining("no alert 'nothing' is open"),
  })
  expect(await weir('silence', '--why', 'x')).toEqual({
    code: 1,
    out: expect.stringContaining('match: says nothing'),
  })
  expect(await weir('silence', '--host', 'a', '--why', 'x', '--for', 'long')).toEqual({
    code: 1,
    out: expect.stringContaining("write '30m'"),
  })
  expect(await weir('ack', id)).toEqual({ code: 2, out: expect.stringContaining('--why is missing') })

  const explained = (await weir('explain', 'web-9', 'heartbeat')).out
  expect(explained).toContain('web-9 heartbeat: not in the index')
  expect(explained).toMatch(
    /rule 'host down' \(config\/rules\/host\.ts:\d+\)\n {4}by\(host,service\) +config\/rules\/host\.ts:\d+/,
  )
  expect(explained).toMatch(
    /alert \S+ of rule 'host down' .*\n {2}critical, firing since .*; acknowledged by kim: new disk ordered/,
  )

  await hub.process.stop('SIGKILL')
  const again = await startHub({ dir })
  expect((await weir('alerts')).out).toMatch(
    /critical +firing +web-9: nothing heard.*acknowledged by kim: new disk ordered/,
  )
  const silences = (await weir('alerts', '--silences')).out
  expect(silences).toMatch(/host=web-\* .*move/)
  expect((await weir('silence', '--end', silences.split(' ')[0] ?? '')).out).toBe('the silence is over\n')
  expect((await weir('log', '--host', 'web-9')).out).toMatch(
    /host down +web-9 heartbeat +fired.*acknowledged +by kim: new disk ordered/s,
  )
  expect((await weir('outbox')).out).toMatch(/nothing was given up|waiting for ops/)
  expect((await weir('outbox', '--retry-all', 'ops')).out).toBe('0 messages are to be sent again\n')
  await again.process.stop()
})
