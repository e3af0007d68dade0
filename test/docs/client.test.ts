import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
import { runToEnd, scratch } from '../real/processes.ts'
import { snippetsOf } from './pages.ts'
import { treeOf, typeErrors } from './tree.ts'

/** They need what a test of their own brings: certificates, events to be found. */
const NOT_HERE = ['examples/tls.ts', 'examples/query.ts']

test('the examples of docs/client.md run against a hub', async () => {
  const hub = await startHub({ dir: await scratch() })
  const tree = await treeOf('docs/client.md', (code) => code.replaceAll('5555', String(hub.port)))
  expect(await typeErrors(tree)).toEqual([])
  const printed = await Promise.all(
    snippetsOf('docs/client.md')
      .filter(({ file }) => !NOT_HERE.includes(file))
      .map(({ file }) => runToEnd(process.execPath, [file], { cwd: tree })),
  )
  expect(printed.join('')).toBe('')
  const metrics = await (await fetch(`${hub.http}/metrics`)).text()
  expect(metrics).toContain('weir_events_total{transport="tcp"} 1008')
  expect(metrics).toContain('weir_events_total{transport="udp"} 1')
})
