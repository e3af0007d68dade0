import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decodeMsg, type Event } from 'weir-protocol'
import { MAX_BODY } from './http-body.ts'
import { type Answer, httpRoutes } from './http-routes.ts'
import type { Intake, Outcome, Transport } from './intake.ts'

const NOW = 1795310424_000_000

/** A hub that takes everything at once, unless told otherwise, and what was handed in. */
class FakeIntake implements Intake {
  readonly messages: (readonly Event[])[] = []
  readonly reasons: string[] = []
  readonly waiting: ((outcome: Outcome) => void)[] = []
  /** What becomes of the nth message; `wait`: nothing, before the test calls what is in `waiting`. */
  outcome: (message: number) => Outcome | 'wait' = () => ({ ok: true })

  submit(transport: Transport, msg: Uint8Array, done: (outcome: Outcome) => void = () => {}): void {
    const outcome = this.outcome(this.messages.length)
    this.messages.push(decodeMsg(msg, NOW).events)
    this.reasons.push(`${transport} in`)
    if (outcome === 'wait') this.waiting.push(done)
    else done(outcome)
  }
  rejected(transport: Transport, reason: string): void {
    this.reasons.push(`${transport} ${reason}`)
  }
  now = () => NOW
}

async function hub(
  options: { maxHeld?: number } = {},
): Promise<{ app: FastifyInstance; intake: FakeIntake }> {
  const intake = new FakeIntake()
  const app = Fastify()
  await app.register(httpRoutes, { intake, ...options })
  onTestFinished(() => app.close())
  return { app, intake }
}

const post = (app: FastifyInstance, url: string, payload: string | Buffer, headers = {}) =>
  app.inject({ method: 'POST', url, payload, headers })

const value = (metric: number | null) =>
  `{"values":[${metric}],"dstypes":["gauge"],"dsnames":["value"],"time":1795310424.847,"interval":10,
    "host":"db-1","plugin":"df","plugin_instance":"root","type":"percent_bytes","type_instance":"free"}`

const alert = `{"labels":{"alertname":"collectd_load","instance":"db-1","severity":"WARNING","service":"collectd"},
  "annotations":{"summary":"high"},"startsAt":"2026-11-22T01:20:24.846806851Z"}`

describe('what a body is answered with, and counted as', () => {
  test.each<{
    readonly url: '/collectd' | '/events'
    readonly body: string | Buffer
    readonly headers?: Record<string, string>
    readonly status: number
    readonly answer: Partial<Answer>
    readonly counted: readonly string[]
    readonly services?: readonly string[]
  }>([
    {
      url: '/collectd',
      body: `[${value(9.5)},${value(9.6)}]`,
      status: 200,
      answer: { accepted: 2, rejected: [], rejectedCount: 0 },
      counted: ['collectd in'],
      services: ['df-root/percent_bytes-free', 'df-root/percent_bytes-free'],
    },
    {
      url: '/collectd',
      body: `[${alert}]`,
      headers: { 'content-type': 'text/plain' },
      status: 200,
      answer: { accepted: 1, rejected: [], rejectedCount: 0 },
      counted: ['collectd in'],
      services: ['load/load'],
    },
    {
      url: '/collectd',
      body: `[${value(null)}]`,
      status: 200,
      answer: { accepted: 0, rejected: [], rejectedCount: 0 },
      counted: ['collectd no-value'],
    },
    {
      url: '/collectd',
      body: `[7,${value(null)},${value(1)}]`,
      status: 200,
      answer: {
        accepted: 1,
        rejected: [{ index: 0, problem: 'expected a value list or a notification, received a number' }],
        rejectedCount: 1,
      },
      counted: ['collectd no-value', 'collectd bad-event', 'collectd in'],
    },
    {
      url: '/collectd',
      body: '[7]',
      status: 400,
      answer: { error: 'nothing in the body was understood', accepted: 0, rejectedCount: 1 },
      counted: ['collectd bad-event'],
    },
    {
      url: '/collectd',
      body: 'PUTVAL db-1/load/load interval=10 1795310424:1:2:3\r\n',
      headers: { 'content-type': 'text/plain' },
      status: 400,
      answer: { error: expect.stringContaining('set Format "JSON"'), accepted: 0 },
      counted: ['collectd collectd-command'],
    },
    {
      url: '/collectd',
      body: '{}',
      status: 400,
      answer: { error: expect.stringContaining('the body is an object; expected an array'), accepted: 0 },
      counted: ['collectd bad-shape'],
    },
    {
      url: '/collectd',
      body: '[]',
      status: 200,
      answer: { accepted: 0, rejected: [], rejectedCount: 0 },
      counted: [],
    },
    {
      url: '/events',
      body: '{"service":"a"}\n{"service":\n{"service":"c"}\n',
      headers: { 'content-type': 'application/x-ndjson' },
      status: 200,
      answer: {
        accepted: 2,
        rejected: [{ line: 2, problem: 'Unexpected end of JSON input' }],
        rejectedCount: 1,
      },
      counted: ['http bad-event', 'http in'],
      services: ['a', 'c'],
    },
    {
      url: '/events',
      body: '{"service":"a"}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 200,
      answer: { accepted: 1, rejected: [], rejectedCount: 0 },
      counted: ['http in'],
    },
    {
      url: '/events',
      body: gzipSync('[{"service":"a"}]'),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      status: 200,
      answer: { accepted: 1, rejected: [], rejectedCount: 0 },
      counted: ['http in'],
      services: ['a'],
    },
    {
      url: '/events',
      body: Buffer.from('{"service":"caf\xe9"}', 'latin1'),
      status: 200,
      answer: { accepted: 1, rejected: [], rejectedCount: 0 },
      counted: ['http in'],
      services: ['caf\ufffd'],
    },
    {
      url: '/events',
      body: gzipSync('[{"service":"a"}]').subarray(0, 20),
      headers: { 'content-encoding': 'gzip' },
      status: 415,
      answer: {
        error:
          'the body cannot be unpacked: unexpected end of file; send it as it is, or with Content-Encoding: gzip',
      },
      counted: ['http bad-encoding'],
    },
    {
      url: '/events',
      body: '[{"service":"a"}]',
      headers: { 'content-encoding': 'br' },
      status: 415,
      answer: { error: expect.stringContaining("Content-Encoding 'br' is not known") },
      counted: ['http bad-encoding'],
    },
    {
      url: '/events',
      body: gzipSync(Buffer.alloc(MAX_BODY + 1, ' ')),
      headers: { 'content-encoding': 'gzip' },
      status: 413,
      answer: { error: 'the body is above 16 MiB; send it in parts', accepted: 0 },
      counted: ['http too-large'],
    },
    {
      url: '/collectd',
      body: Buffer.alloc(MAX_BODY + 1, ' '),
      status: 413,
      answer: { error: 'the body is above 16 MiB; send it in parts', accepted: 0 },
      counted: ['collectd too-large'],
    },
    {
      url: '/events',
      body: '{"metric": NaN}',
      status: 400,
      answer: { error: expect.stringContaining("the body is not JSON: Unexpected token 'N'") },
      counted: ['http bad-json'],
    },
    {
      url: '/events',
      body: '',
      status: 400,
      answer: { error: 'the body is not JSON: it is empty' },
      counted: ['http bad-json'],
    },
  ])('POST $url $status $counted', async ({ url, body, headers, status, answer, counted, services }) => {
    const { app, intake } = await hub()
    const response = await post(app, url, body, headers)
    expect({ status: response.statusCode, ...response.json() }).toMatchObject({ status, ...answer })
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(intake.reasons).toEqual(counted)
    if (services) expect(intake.messages.flat().map(({ service }) => service)).toEqual(services)
  })
})

test('a content type that is none does not matter', async () => {
  const { app } = await hub()
  for (const type of ['json', '', 'text/;', 'application/json; charset=latin1']) {
    expect((await post(app, '/events', '[{"service":"a"}]', { 'content-type': type })).statusCode).toBe(200)
  }
})

test('the first ten of many broken ones are told', async () => {
  const { app } = await hub()
  const answer: Answer = (await post(app, '/events', `[${'7,'.repeat(20)}{}]`)).json()
  expect([answer.accepted, answer.rejected.length, answer.rejectedCount]).toEqual([1, 10, 20])
})

const events = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({ service: 'a' })))

test('many events come as messages of a thousand, one after the other', async () => {
  const { app, intake } = await hub()
  intake.outcome = () => 'wait'
  const response = post(app, '/events', events(2001))
  for (const expected of [[1000], [1000, 1000], [1000, 1000, 1]]) {
    await expect.poll(() => intake.waiting.length).toBe(1)
    expect(intake.messages.map(({ length }) => length)).toEqual(expected)
    intake.waiting.pop()?.({ ok: true })
  }
  expect((await response).json()).toMatchObject({ accepted: 2001 })
})

test('what the hub cannot take is answered with 503, and how much it took', async () => {
  const { app, intake } = await hub()
  intake.outcome = (message) => (message === 0 ? { ok: true } : { ok: false, error: 'the journal is full' })
  const response = await post(app, '/events', events(3000))
  expect(response.statusCode).toBe(503)
  expect(response.json()).toEqual({
    error: 'the journal is full',
    accepted: 1000,
    rejected: [],
    rejectedCount: 0,
  })
  expect(intake.messages).toHaveLength(2)
})

test('bodies beyond what all may hold together are refused, until others are answered', async () => {
  const { app, intake } = await hub({ maxHeld: 1000 })
  intake.outcome = () => 'wait'
  const first = post(app, '/events', `[{"service":"${'a'.repeat(700)}"}]`)
  await expect.poll(() => intake.waiting.length).toBe(1)
  const second = await post(app, '/events', `[{"service":"${'b'.repeat(700)}"}]`)
  expect([second.statusCode, second.json()]).toEqual([
    503,
    {
      error: 'too much is being posted at once; try again in a moment',
      accepted: 0,
      rejected: [],
      rejectedCount: 0,
    },
  ])
  intake.waiting.pop()?.({ ok: true })
  expect((await first).statusCode).toBe(200)
  intake.outcome = () => ({ ok: true })
  expect((await post(app, '/events', `[{"service":"${'c'.repeat(700)}"}]`)).statusCode).toBe(200)
  expect(intake.reasons).toEqual(['http in', 'http busy', 'http in'])
})

test('four bodies are taken at once, further ones wait in line', async () => {
  const { app, intake } = await hub()
  intake.outcome = () => 'wait'
  const responses = [0, 1, 2, 3, 4, 5].map((n) => post(app, '/events', `{"service":"s${n}"}`))
  await expect.poll(() => intake.waiting.length).toBe(4)
  for (let n = 0; n < 2; n++) {
    intake.waiting.shift()?.({ ok: true })
    await expect.poll(() => intake.waiting.length).toBe(4)
  }
  for (const done of intake.waiting.splice(0)) done({ ok: true })
  for (const response of responses) expect((await response).json()).toMatchObject({ accepted: 1 })
  expect(intake.messages.flat().map(({ service }) => service)).toEqual(['s0', 's1', 's2', 's3', 's4', 's5'])
})

test('the other routes of the server keep their parsers and errors', async () => {
  const { app } = await hub()
  app.post('/other', async ({ body }) => ({ body }))
  expect((await post(app, '/other', '{"a":1}', { 'content-type': 'application/json' })).json()).toEqual({
    body: { a: 1 },
  })
  expect((await post(app, '/other', 'x', { 'content-type': 'image/png' })).statusCode).toBe(415)
})

test('whatever JSON is posted gets an answer', async () => {
  const { app, intake } = await hub()
  const body = fc.oneof(
    fc.json(),
    fc.array(fc.dictionary(fc.string(), fc.jsonValue())).map((v) => JSON.stringify(v)),
  )
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom('/collectd', '/events'), async (payload, url) => {
      intake.messages.length = 0
      const response = await post(app, url, payload)
      expect([200, 400]).toContain(response.statusCode)
      expect(response.json().accepted).toBe(intake.messages.flat().length)
    }),
  )
})
