import { expect, onTestFinished, test } from 'vitest'
import { connect } from 'weir-client'
import { startHub } from '../hub.ts'
import { eventually, freePort, scratch } from '../real/processes.ts'

/** How often the hub is killed while events go on. */
const KILLS = 3

test('every event arrives, though the hub is killed while they are sent', async () => {
  const port = await freePort()
  const config = `
import { config, index, rule } from 'weir-hub'
export default config({
  listen: { riemann: '127.0.0.1:${port}', http: '127.0.0.1:0' },
  rules: [rule('index', { stream: index() })],
})`
  const dir = await scratch()
  let hub = await startHub({ dir, config })
  const client = await connect({ port, batch: { events: 20, ms: 1 }, reconnect: { minMs: 10, maxMs: 100 } })
  onTestFinished(() => client.close(0))

  const sends: Promise<void>[] = []
  const some = (count: number) => {
    for (let n = 0; n < count; n++)
      sends.push(
        client.send({ host: 'app', service: `order/${sends.length}`, metric: sends.length, ttl: 600 }),
      )
  }
  for (let kill = 1; kill <= KILLS; kill++) {
    some(2000)
    await eventually(() => client.stats.accepted > 2000 * (kill - 1), 'some are accepted')
    await hub.process.stop('SIGKILL')
    some(2000)
    hub = await startHub({ dir, config })
    await Promise.all(sends)
  }
  expect(client.stats).toMatchObject({ accepted: sends.length, dropped: 0, failed: 0, refused: 0, queued: 0 })
  expect(client.stats.connections).toBeGreaterThan(KILLS)
  const found = await client.query('service =~ "order/%"')
  expect(new Set(found.map(({ metric }) => metric)).size).toBe(sends.length)
}, 120_000)
