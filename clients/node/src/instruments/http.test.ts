import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { VirtualClock } from '../clock.fixture.ts'
import { portOf } from '../hub.fixture.ts'
import { weirFastify } from './fastify.ts'
import { measureHttp } from './http.ts'
import { createMeters, type Meters } from './meters.ts'
import { RecordingSender } from './sender.fixture.ts'

function measuring() {
  const client = new RecordingSender()
  const clock = new VirtualClock()
  let seconds = 0
  // Each look at it is a quarter of a second later.
  const stopwatch = () => {
    seconds += 0.25
    return seconds
  }
  return { client, clock, meters: createMeters(client, { clock, stopwatch, every: 10 }) }
}

async function listening(app: RequestListener): Promise<(path: string) => Promise<number>> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return async (path) => (await fetch(`http://127.0.0.1:${portOf(server.address())}${path}`)).status
}

/** Counts, whatever the time between two reports was. */
function counts(client: RecordingSender, meters: Meters): Record<string, number> {
  meters.flush()
  const rates = Object.entries(client.report).filter(([service]) => /\/(rate|errors)$/.test(service))
  const [, unit] = rates.find(([service]) => service === 'http/rate') ?? []
  const total = Number(unit)
  return Object.fromEntries(
    rates.filter(([, rate]) => rate !== 0).map(([service, rate]) => [service, Number(rate) / total]),
  )
}

test('Express: rate, errors and latency of each route', async () => {
  const { client, meters } = measuring()
  const app = express()
  app.use(measureHttp(meters))
  const orders = express.Router()
  orders.get('/:id', (_, response) => void response.json({}))
  app.use('/orders', orders)
  app.post('/pay', (_, response) => void response.status(503).end())
  app.get('/broken', () => {
    throw new Error('broken')
  })
  app.use((_error: unknown, _: express.Request, response: express.Response, next: () => void) => {
    response.status(500).end()
    next()
  })
  const get = await listening(app)
  expect(await Promise.all(['/orders/1', '/orders/2', '/nowhere', '/broken'].map(get))).toEqual([
    200, 200, 404, 500,
  ])
  await expect.poll(() => client.sent.length).toBe(0)
  expect(counts(client, meters)).toEqual({
    'http/rate': 1,
    'http/errors': 0.25,
    'http/GET /orders/:id/rate': 0.5,
    'http/unmatched/rate': 0.25,
    'http/GET /broken/rate': 0.25,
    'http/GET /broken/errors': 0.25,
  })
  expect(client.report['http/GET /orders/:id/latency/max']).toBeGreaterThan(0.2)
})

test('node:http: as one route, or by a function', async () => {
  const { client, meters } = measuring()
  const measure = measureHttp(meters, { prefix: 'http', route: ({ url }) => (url === '/' ? '/' : undefined) })
  const get = await listening((request, response) => {
    measure(request, response)
    response.statusCode = request.url === '/' ? 200 : 500
    response.end()
  })
  await get('/')
  await get('/x')
  expect(counts(client, meters)).toEqual({
    'http/rate': 1,
    'http/errors': 0.5,
    'http/GET //rate': 0.5,
    'http/unmatched/rate': 0.5,
    'http/unmatched/errors': 0.5,
  })
})

test('Fastify: rate, errors and latency of each route, wherever it is declared', async () => {
  const { client, meters } = measuring()
  const app = fastify()
  await app.register(weirFastify, { meters })
  await app.register(async (orders) => void orders.get('/:id', async () => ({})), { prefix: '/orders' })
  app.get('/broken', async () => {
    throw new Error('broken')
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const statuses = []
  for (const url of ['/orders/1', '/orders/2', '/nowhere', '/broken'])
    statuses.push((await app.inject({ url })).statusCode)
  expect(statuses).toEqual([200, 200, 404, 500])
  expect(counts(client, meters)).toEqual({
    'http/rate': 1,
    'http/errors': 0.25,
    'http/GET /orders/:id/rate': 0.5,
    'http/unmatched/rate': 0.25,
    'http/GET /broken/rate': 0.25,
    'http/GET /broken/errors': 0.25,
  })
})

test('Fastify: with a client alone it reports for the last time when the server ends', async () => {
  const client = new RecordingSender()
  const app = fastify()
  await app.register(weirFastify, { client, prefix: 'api' })
  app.get('/', async () => ({}))
  await app.inject({ url: '/' })
  await app.close()
  expect(client.report['api/GET //rate']).toBeGreaterThan(0)
  expect(client.report['api/latency/max']).toBeGreaterThan(0)
})

test('Fastify: without either it does not start', async () => {
  const app = fastify()
  await expect(app.register(weirFastify, {}).ready()).rejects.toThrow('needs a client or meters')
})
