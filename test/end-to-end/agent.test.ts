import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
import { readings } from '../live.ts'
import { freePort, run, scratch } from '../real/processes.ts'

const WEIR = join(import.meta.dirname, '../../server/src/cli/weir.ts')

test('weir agent tells a hub how its machine is, before the hub is there and after it was away', async () => {
  const port = await freePort()
  const agent = run(process.execPath, [
    ...[WEIR, 'agent', '--to', `127.0.0.1:${port}`, '--host', 'web-1', '--interval', '1'],
  ])
  await agent.printed(`weir agent: tells 127.0.0.1:${port} how web-1 is, every 1 s`)
  await agent.printed(`cannot connect to 127.0.0.1:${port}: ECONNREFUSED`)

  const dir = await scratch()
  const config = `
import { config, rule, index } from 'weir-hub'
export default config({
  listen: { riemann: '127.0.0.1:${port}', http: '127.0.0.1:0' },
  rules: [rule('index', { stream: index() })],
})`
  const hub = await startHub({ dir, config })
  await readings(hub, 'web-1', 'load/load/shortterm', 2)
  await readings(hub, 'web-1', 'cpu/percent-idle', 1)
  await hub.process.stop()
  await agent.printed(/connection lost/)
  await readings(await startHub({ dir, config }), 'web-1', 'load/load/shortterm', 2)
  expect(await agent.stop()).toEqual({ code: 0, signal: null })
})
