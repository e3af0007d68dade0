import { expect, test } from 'vitest'
import { operatorBeside } from './operate.ts'

const kim = { who: 'kim', why: 'on it', for: undefined }

/** An operator of a page, what it asked for, and a hub that answers this. */
function rig(status: number, body: unknown) {
  const asked: string[] = []
  const operator = operatorBeside('https://hub.example/weir/?filter=x#y', async (url, init) => {
    asked.push(`${init?.method} ${url} ${init?.body ?? ''}`.trim())
    return new Response(JSON.stringify(body), { status })
  })
  return { operator, asked }
}

test('asks the endpoints beside the page', async () => {
  const { operator, asked } = rig(200, { ok: true })
  await operator.acknowledge('1/2', { ...kim, for: '2h' })
  await operator.giveBack('a')
  await operator.silence({ host: 'db-1' }, kim)
  await operator.endSilence('s-1')
  expect(asked).toEqual([
    'POST https://hub.example/weir/api/alerts/1%2F2/acknowledge {"who":"kim","why":"on it","for":"2h"}',
    'POST https://hub.example/weir/api/alerts/a/unacknowledge',
    'POST https://hub.example/weir/api/silences {"match":{"host":"db-1"},"who":"kim","why":"on it"}',
    'DELETE https://hub.example/weir/api/silences/s-1',
  ])
})

test('gives the silences, with their end in milliseconds', async () => {
  const silence = { id: 's-1', match: { host: 'a' }, who: 'kim', why: 'x' }
  const { operator } = rig(200, [
    { ...silence, until: 5_000_000, holds: ['a: down'] },
    { ...silence, until: null, holds: [] },
  ])
  expect(await operator.silences()).toEqual([
    { ...silence, until: 5_000, holds: 1 },
    { ...silence, until: null, holds: 0 },
  ])
})

test.each([
  [404, { error: "no alert 'a' is open" }, "no alert 'a' is open"],
  [502, 'a proxy', 'the hub answered 502'],
])('rejects with what the hub says against it: %s', async (status, body, problem) => {
  await expect(rig(status, body).operator.giveBack('a')).rejects.toThrow(problem)
})

test('rejects where the hub is not there', async () => {
  const operator = operatorBeside('http://hub.example/', () => Promise.reject(new TypeError('fetch failed')))
  await expect(operator.giveBack('a')).rejects.toThrow('can’t be reached')
})
