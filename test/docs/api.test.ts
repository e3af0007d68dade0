import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
import { scratch } from '../real/processes.ts'
import { firstCells } from './pages.ts'

test('docs/api.md has the requests of the OpenAPI document, and no other', async () => {
  const hub = await startHub({ dir: await scratch() })
  const { paths }: { paths: Record<string, object> } = JSON.parse(
    await (await fetch(`${hub.http}/api/openapi.json`)).text(),
  )
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const rest = documented.filter((each) => each.includes('/api/') || each.startsWith('DELETE'))
  const told = firstCells('docs/api.md', 'request').map((cell) => cell.replaceAll('`', ''))
  expect(told.toSorted()).toEqual(rest.filter((each) => !each.endsWith('openapi.json')).toSorted())
})
