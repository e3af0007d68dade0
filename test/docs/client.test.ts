import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
import { rowOf } from '../live.ts'
import { eventually, run, runToEnd, scratch } from '../real/processes.ts'
import { ROOT, snippetsOf } from './pages.ts'
import { treeOf, typeErrors } from './tree.ts'

/** It needs certificates, which test/real/client-tls.test.ts makes. */
const NOT_HERE = ['examples/tls.ts']

test('the examples of docs/client.md run against a hub', async () => {
  const hub = await startHub({ dir: await scratch() })
  const tree = await treeOf('docs/client.md', (code) =>
    code.replaceAll('5555', String(hub.port)).replaceAll('http://127.0.0.1:5556', hub.http),
  )
  expect(await typeErrors(tree)).toEqual([])
  const printed = await Promise.all(
    snippetsOf('docs/client.md')
      .filter(({ file }) => !NOT_HERE.includes(file))
      .map(({ file }) => runToEnd(process.execPath, [file], { cwd: tree })),
  )
  expect(printed.join('')).toBe('')
  const metrics = await (await fetch(`${hub.http}/metrics`)).text()
  expect(metrics).toContain('weir_events_total{transport="tcp"} 1021')
  expect(metrics).toContain('weir_events_total{transport="udp"} 1')
})

test('the shop of docs/examples shows its requests, errors and latency on the page', async () => {
  const hub = await startHub({ dir: await scratch() })
  const shop = run(process.execPath, [`${ROOT}docs/examples/shop.ts`], {
    env: { WEIR_PORT: String(hub.port), PORT: '0', REPORT_EVERY: '1' },
  })
  const [, address] = await shop.printed(/the shop is on (\S+)/)
  const metricOf = async (service: string) => (await rowOf(hub, 'shop-1', service))?.metric ?? 0
  await eventually(async () => {
    for (const path of ['/orders/1', '/nowhere']) await fetch(`${address}${path}`)
    await fetch(`${address}/orders/2/pay`, { method: 'POST' })
    return (
      (await metricOf('http/GET /orders/:id/rate')) > 0 &&
      (await metricOf('http/POST /orders/:id/pay/errors')) > 0 &&
      (await metricOf('http/latency/p99')) > 0 &&
      (await metricOf('shop/orders/latency/max')) > 0 &&
      (await metricOf('process/memory/rss')) > 0
    )
  }, 'requests, errors and latency on the page')
  expect((await rowOf(hub, 'shop-1', 'log/shop'))?.state).toBe('critical')
  expect((await rowOf(hub, 'shop-1', 'shop/heartbeat'))?.state).toBe('ok')
  expect(await shop.stop()).toEqual({ code: 0, signal: null })
})
