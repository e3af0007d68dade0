import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { heartbeat } from './heartbeat.ts'
import type { DeliveryIo, Notification } from './notification.ts'

const item = { status: 'repeated', severity: 'ok', key: [], summary: 'alive', since: 1, at: 1 } as const
const ping: Notification = { id: 'p', destination: 'heartbeat', rule: 'proof of life', at: 1, items: [item] }

function io(): DeliveryIo {
  const memory = { get: () => undefined, put: () => {} }
  return { fetch, signal: new AbortController().signal, now: () => 1, log: () => {}, memory }
}

/** A watcher that answers with this status, and the requests that it got. */
async function watcher(status: number) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { asked, url: `http://127.0.0.1:${port}/ping/abc-secret` }
}

test.each([
  [200, { kind: 'sent' }],
  [503, { kind: 'retry' }],
  [404, { kind: 'pause' }],
])('an answer of %i', async (status, delivery) => {
  const { asked, url } = await watcher(status)
  const outcome = await heartbeat({ url }).deliver(ping, io())
  expect(outcome).toMatchObject(delivery)
  expect(asked).toEqual(['GET /ping/abc-secret'])
  expect(JSON.stringify(outcome)).not.toContain('abc-secret')
})

describe('its address', () => {
  test.each([undefined, '', '  '])('%j: nobody is asked, and nothing is said of each ping', async (url) => {
    const lifeline = heartbeat({ url })
    expect(lifeline.describe).toContain('not configured')
    expect(await lifeline.deliver(ping, io())).toEqual({ kind: 'sent' })
  })

  test('is shown without what is secret in it', () => {
    expect(heartbeat({ url: 'https://hc.example/ping/abc-secret' }).describe).toBe('GET of hc.example')
  })

  test.each(['hc.example/ping', 'ftp://hc.example/'])('%s is refused', (url) => {
    expect(() => heartbeat({ url })).toThrow("heartbeat 'heartbeat' url: is not an address of https")
  })
})
