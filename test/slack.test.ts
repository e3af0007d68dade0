import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TestWall } from '../server/src/clock/test-wall.ts'
import { machineWall } from '../server/src/clock/wall.ts'
import { startDelivery } from '../server/src/outputs/delivery.ts'
import { openMemory } from '../server/src/outputs/destination-memory.ts'
import { STATUS_CASES } from '../server/src/outputs/http-status.cases.ts'
import { logOnly } from '../server/src/outputs/log.ts'
import type { Destination, Notification } from '../server/src/outputs/notification.ts'
import { openOutbox } from '../server/src/outputs/outbox.ts'
import { slack } from '../server/src/outputs/slack.ts'
import { eventually, run, scratch } from './real/processes.ts'
import { type SlackAnswer, startSlackStandIn } from './slack-stand-in.ts'

const notification: Notification = {
  id: 'n-1',
  destination: 'slack',
  rule: 'disk full',
  at: 0,
  items: [
    {
      status: 'firing',
      severity: 'critical',
      key: ['db-1'],
      host: 'db-1',
      summary: 'db-1 is full',
      since: 0,
      at: 0,
    },
  ],
}

const SAID = 'disk full: critical: db-1 is full, since 1970-01-01 00:00:00 UTC'

async function standIn() {
  const server = await startSlackStandIn()
  onTestFinished(() => server.close())
  return server
}

/** One attempt, broken off when the stand-in has got the request and will not answer it. */
async function deliver(
  destination: Destination,
  options: { fetch?: typeof globalThis.fetch; signal?: AbortSignal } = {},
) {
  const lines: string[] = []
  const delivery = await destination.deliver(notification, {
    fetch: options.fetch ?? fetch,
    signal: options.signal ?? new AbortController().signal,
    now: () => 0,
    log: (line) => lines.push(line),
    memory: openMemory(new DatabaseSync(':memory:'))(destination.name),
  })
  return { delivery, lines }
}

describe('each answer of Slack', () => {
  test.each<[SlackAnswer, object]>([
    ['ok', { kind: 'sent' }],
    ['invalid_payload', { kind: 'dead', reason: 'HTTP 400 invalid_payload' }],
    ['action_prohibited', { kind: 'pause', reason: 'HTTP 403 action_prohibited' }],
    ['channel_not_found', { kind: 'pause', reason: 'HTTP 404 channel_not_found' }],
    ['no_service', { kind: 'pause', reason: 'HTTP 404 no_service' }],
    ['channel_is_archived', { kind: 'pause', reason: 'HTTP 410 channel_is_archived' }],
    ['moved', { kind: 'pause', reason: 'HTTP 302 moved' }],
    [{ retryAfter: 30 }, { kind: 'retry', reason: 'HTTP 429 rate_limited', afterSeconds: 30 }],
    ['rollup_error', { kind: 'retry', reason: 'HTTP 500 rollup_error' }],
    ['unavailable', { kind: 'retry', reason: 'HTTP 503 unavailable' }],
    ['drop', { kind: 'retry', reason: expect.any(String) }],
  ])('%j', async (answer, expected) => {
    const server = await standIn()
    server.answer(answer)
    const { delivery } = await deliver(slack({ url: server.url }))
    expect(delivery).toEqual(expected)
    expect(server.requests.length).toBe(1)
    expect(server.texts()).toEqual(answer === 'ok' ? [`🔴 ${SAID}`] : [])
  })

  test('none at all', async () => {
    const server = await standIn()
    server.answer('hang')
    const abort = new AbortController()
    const attempt = deliver(slack({ url: server.url }), { signal: abort.signal })
    await eventually(() => server.requests.length > 0, 'the request')
    abort.abort(new Error('no answer within 10 s'))
    expect((await attempt).delivery).toEqual({ kind: 'retry', reason: 'no answer within 10 s' })
  })

  test('nobody there', async () => {
    const server = await startSlackStandIn()
    await server.close()
    const { delivery } = await deliver(slack({ url: server.url }))
    expect(delivery).toEqual({
      kind: 'retry',
      reason: expect.stringMatching(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/),
    })
  })

  test('an address that Slack does not know', async () => {
    const server = await standIn()
    const { delivery } = await deliver(slack({ url: `${server.url}x` }))
    expect(delivery).toEqual({ kind: 'pause', reason: 'HTTP 404 no_service' })
  })

  test.each(STATUS_CASES)('HTTP %i is %s', async (status, kind) => {
    const fetch = async () => new Response([204, 205, 304].includes(status) ? null : 'text', { status })
    expect(
      (await deliver(slack({ url: 'https://hooks.slack.example/services/x' }), { fetch })).delivery.kind,
    ).toBe(kind)
  })

  test('a long one is read only as far as it is needed', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 1
        controller.enqueue(new TextEncoder().encode('x'.repeat(500)))
      },
    })
    const fetch = async () => new Response(endless, { status: 500 })
    const { delivery } = await deliver(slack({ url: 'https://hooks.slack.example/services/x' }), { fetch })
    expect(delivery).toEqual({ kind: 'retry', reason: `HTTP 500 ${'x'.repeat(199)}…` })
    expect(pulled).toBeLessThan(10)
  })

  test('one that breaks off after its status still counts', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('reset')) })
    const fetch = async () => new Response(broken, { status: 200 })
    const { delivery } = await deliver(slack({ url: 'https://hooks.slack.example/services/x' }), { fetch })
    expect(delivery).toEqual({ kind: 'sent' })
  })
})

describe('the address', () => {
  const SECRET = 'T00000000/B00000000/XXXXXXXXXXXX'

  test('is never told', async () => {
    const destination = slack({ url: `https://hooks.slack.com/services/${SECRET}` })
    const fetch = async (address: unknown) => {
      throw new TypeError(`cannot reach ${address} by way of /services/${SECRET}`)
    }
    const { delivery, lines } = await deliver(destination, { fetch })
    expect(delivery).toEqual({ kind: 'retry', reason: 'cannot reach … by way of …' })
    expect(destination.describe).toBe('Slack, by the webhook at hooks.slack.com')
    expect(lines).toEqual([])
  })

  test('comes from the environment, by the name that was given', () => {
    const env = { SLACK_WEBHOOK_URL: 'https://a.example/x', OTHER: 'https://b.example/x' }
    expect(slack({ env }).describe).toContain('a.example')
    expect(slack({ env, variable: 'OTHER' }).describe).toContain('b.example')
    expect(slack({ env, url: 'https://c.example/x' }).describe).toContain('c.example')
  })

  test.each([
    [{ env: { SLACK_WEBHOOK_URL: `hooks.slack.com/services/${SECRET}` } }, 'SLACK_WEBHOOK_URL: '],
    [{ name: 'ops', url: `ftp://hooks.slack.com/${SECRET}` }, "slack 'ops' url: "],
  ])('that is none is refused without showing it', (options, field) => {
    let message = ''
    try {
      slack(options)
    } catch (error) {
      message = error instanceof Error ? error.message : ''
    }
    expect(message).toBe(`${field}not an address of https, like https://hooks.slack.com/services/…`)
  })

  test('that is missing sends the messages to the log, marked', async () => {
    const destination = slack({ name: 'ops', env: {} })
    expect(destination.describe).toBe(
      'not configured: SLACK_WEBHOOK_URL is not set; its messages go to the log',
    )
    expect(await deliver(destination)).toEqual({
      delivery: { kind: 'sent' },
      lines: [`[ops not configured: SLACK_WEBHOOK_URL is not set] would have sent: ${SAID}`],
    })
  })
})

test('the log destination writes a line', async () => {
  const { delivery, lines } = await deliver(logOnly({ name: 'quiet' }))
  expect([delivery, lines]).toEqual([{ kind: 'sent' }, [`[quiet] ${SAID}`]])
})

describe('from the outbox to Slack', () => {
  function outboxOf(...ids: readonly string[]) {
    const outbox = openOutbox(new DatabaseSync(':memory:'))
    outbox.add(ids.map((id) => ({ ...notification, id, rule: id })))
    return outbox
  }

  const quiet = { info: () => {}, warn: () => {}, error: () => {} }

  test('each message arrives once and in order, however Slack behaves on the way', async () => {
    const server = await standIn()
    const wall = new TestWall()
    server.answer('ok', 'drop', { retryAfter: 30 }, 'rollup_error', 'ok')
    server.answer('no_service', 'hang', 'ok', 'invalid_blocks')
    const outbox = outboxOf('a', 'b', 'c', 'd')
    const delivery = startDelivery({
      outbox,
      destinations: [slack({ url: server.url })],
      wall,
      fetch,
      random: () => 0,
      log: quiet,
    })
    const counters = delivery.counters.get('slack') ?? {
      attempts: 0,
      sent: 0,
      retried: 0,
      dead: 0,
      paused: 0,
    }
    for (let attempt = 1; attempt <= 9; attempt++) {
      while (counters.attempts < attempt) await wall.advance(100)
      await eventually(() => server.requests.length === attempt, 'the request')
      if (server.requests.at(-1)?.answer === 'hang') await wall.advance(10_000)
      const ended = () => counters.sent + counters.retried + counters.dead + counters.paused
      await eventually(() => ended() === attempt, 'its end')
    }
    await delivery.stop()
    expect(server.requests.map(({ answer }) => answer)).toEqual([
      'ok',
      'drop',
      'rate_limited 30',
      'rollup_error',
      'ok',
      'no_service',
      'hang',
      'ok',
      'invalid_blocks',
    ])
    expect(server.texts().map((text) => text.split(':')[0])).toEqual(['🔴 a', '🔴 b', '🔴 c'])
    expect(outbox.counts()).toEqual({ pending: 0, sent: 3, dead: 1, folded: 0 })
    // Ten minutes of pause, thirty seconds of Retry-After.
    expect(wall.since()).toBeGreaterThan(630)
  })

  test('a stop breaks off a request that hangs, and the message waits for the next start', async () => {
    const server = await standIn()
    server.answer('hang')
    const outbox = outboxOf('a')
    const options = {
      outbox,
      destinations: [slack({ url: server.url })],
      fetch,
      random: Math.random,
      log: quiet,
    }
    const first = startDelivery({ ...options, wall: machineWall, stopWithin: 0.01 })
    await eventually(() => server.requests.length === 1, 'the request')
    await first.stop()
    expect(outbox.row('a')).toMatchObject({ status: 'pending', attempts: 0 })
    const second = startDelivery({ ...options, wall: machineWall })
    await second.idle()
    await second.stop()
    expect([server.texts().length, outbox.status('a')]).toEqual([1, 'sent'])
  })
})

describe('the stand-in refuses what Slack refuses', () => {
  const post = async (url: string, body: string) => {
    const response = await fetch(url, { method: 'POST', body })
    return `${response.status} ${await response.text()}`
  }

  test.each([
    ['text', '400 invalid_payload'],
    ['[]', '400 invalid_payload'],
    ['{}', '400 no_text'],
    ['{"text":"hello"}', '200 ok'],
    [JSON.stringify({ text: 'x'.repeat(40_001) }), '400 invalid_payload'],
    ['{"blocks":[{"type":"section"}]}', '400 invalid_blocks'],
    [
      JSON.stringify({ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }] }),
      '400 invalid_blocks',
    ],
    [
      JSON.stringify({ attachments: [{ blocks: [{ type: 'context', elements: [] }] }] }),
      '400 invalid_attachments',
    ],
  ])('%.40s', async (body, answer) => {
    const server = await standIn()
    expect(await post(server.url, body)).toBe(answer)
  })

  test('and runs by itself, for people to try Weir with', async () => {
    const record = join(await scratch(), 'slack.jsonl')
    const script = fileURLToPath(new URL('./slack-stand-in.ts', import.meta.url))
    const running = run(process.execPath, [script, '--record', record, '--answer', 'no_service'])
    const [url] = await running.printed(/^http:\S+$/m)
    expect(await post(url, '{"text":"one"}')).toBe('404 no_service')
    expect(await post(url, '{"text":"two"}')).toBe('200 ok')
    expect(await running.stop()).toEqual({ code: 0, signal: null })
    expect(running.stdout()).toBe(`${url}\nno_service: one\nok: two\n`)
    expect(await readFile(record, 'utf8')).toBe(
      '{"answer":"no_service","payload":{"text":"one"}}\n{"answer":"ok","payload":{"text":"two"}}\n',
    )
  })
})
