// A small shop that tells a hub how it is doing. Run it, ask it for something, and look at the hub's page:
//   npx node docs/examples/shop.ts
//   curl http://127.0.0.1:8080/orders/1
import fastify from 'fastify'
import { createClient } from 'weir-client'
import { weirFastify } from 'weir-client/fastify'
import { heartbeat } from 'weir-client/heartbeat'
import { createMeters } from 'weir-client/meters'
import { logStream } from 'weir-client/pino'
import { measureProcess } from 'weir-client/process'
import { measured } from 'weir-client/storage'

// The shop starts whether the hub is there or not.
const client = createClient({
  host: '127.0.0.1',
  port: Number(process.env.WEIR_PORT ?? 5555),
  eventHost: 'shop-1',
  onProblem: (error) => process.stderr.write(`${error.message}\n`),
})
const meters = createMeters(client, {
  every: Number(process.env.REPORT_EVERY ?? 10),
  event: { tags: ['shop'] },
})
const stopHeartbeat = heartbeat(client, 'shop/heartbeat')
measureProcess(meters)

const orders = new Map([['1', { id: '1', price: 42 }]])
const findOrder = measured(meters, 'shop/orders', async (id: string) => orders.get(id))
const paid = meters.counter('shop/paid')
meters.gauge('shop/open-orders', () => orders.size)

const app = fastify({ logger: { name: 'shop', stream: logStream(client), level: 'error' } })
await app.register(weirFastify, { meters })

app.get<{ Params: { id: string } }>('/orders/:id', async ({ params }, reply) => {
  const order = await findOrder(params.id)
  return order ?? reply.code(404).send({ error: 'no such order' })
})
app.post<{ Params: { id: string } }>('/orders/:id/pay', async ({ params }) => {
  if (!orders.delete(params.id)) throw new Error(`order ${params.id} can't be paid`)
  paid.add()
  return { paid: params.id }
})

const address = await app.listen({ port: Number(process.env.PORT ?? 8080), host: '127.0.0.1' })
process.stdout.write(`the shop is on ${address}\n`)

process.once('SIGTERM', async () => {
  stopHeartbeat()
  await app.close()
  meters.close()
  await client.close()
})
