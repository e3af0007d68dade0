import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TestWall } from '../server/src/clock/test-wall.ts'
import { startDelivery } from '../server/src/outputs/delivery.ts'
import { openMemory } from '../server/src/outputs/destination-memory.ts'
import { STATUS_CASES } from '../server/src/outputs/http-status.cases.ts'
import type { DestinationMemory, Notification, NotificationItem } from '../server/src/outputs/notification.ts'
import { openOutbox } from '../server/src/outputs/outbox.ts'
import { deliveryOfError } from '../server/src/outputs/slack-api.ts'
import { type SlackBotOptions, slackBot } from '../server/src/outputs/slack-bot.ts'
import { eventually } from './real/processes.ts'
import { type SlackApiAnswer, startSlackApiStandIn } from './slack-api-stand-in.ts'

const TOKEN = 'xoxb-0000000000-secret'
const MIN = 60_000_000

const STATUSES = ['firing', 'changed', 'resolved', 'repeated', 'escalated'] as const

/** `12 db-1 changed critical since 0 was warning`: a change in minute 12 of an incident of minute 0. */
function item(line: string): NotificationItem {
  const [minute, host = '', status, severity = '', , since, , previous] = line.split(' ')
  return {
    status: STATUSES.find((each) => each === status) ?? 'firing',
    severity,
    previous,
    key: [host],
    host,
    summary: `${host} is full`,
    since: Number(since) * MIN,
    at: Number(minute) * MIN,
  }
}

let ids = 0
function notification(...lines: readonly string[]): Notification {
  const items = lines.map(item)
  const at = Math.max(...items.map((each) => each.at))
  return { id: `n-${++ids}`, destination: 'ops', rule: 'disk full', at, items }
}

async function stage(options: Partial<SlackBotOptions> = {}) {
  const slack = await startSlackApiStandIn()
  onTestFinished(() => slack.close())
  const ops = slackBot({ name: 'ops', channel: '#ops', token: TOKEN, api: slack.api, ...options })
  const memory = openMemory(new DatabaseSync(':memory:'))('ops')
  const lines: string[] = []
  const attempt = (told: Notification, more: { signal?: AbortSignal; memory?: DestinationMemory } = {}) =>
    ops.deliver(told, {
      fetch,
      signal: more.signal ?? new AbortController().signal,
      now: () => told.at,
      log: (line) => lines.push(line),
      memory: more.memory ?? memory,
    })
  /** Delivers until it is done; gives the kinds of the steps. */
  const tell = async (...told: readonly string[]) => {
    const one = notification(...told)
    const kinds: string[] = []
    do kinds.push((await attempt(one)).kind)
    while (kinds.at(-1) === 'more' && kinds.length < 50)
    return kinds.join(' ')
  }
  return { slack, ops, memory, lines, attempt, tell }
}

describe('an incident is one message, with its history in the thread', () => {
  test.each<[string, readonly (readonly string[])[], readonly string[]]>([
    [
      'fired, got worse, got better and was over',
      [
        ['0 db-1 firing warning since 0'],
        ['5 db-1 changed critical since 0 was warning'],
        ['9 db-1 changed warning since 0 was critical'],
        ['12 db-1 resolved warning since 0 was warning'],
      ],
      [
        '🟢 disk full: resolved after 12m, was warning: db-1 is full',
        '↳ (channel) 🔴 warning → critical: db-1 is full · 1970-01-01 00:05:00 UTC',
        '↳ 🟡 critical → warning: db-1 is full · 1970-01-01 00:09:00 UTC',
        '↳ 🟢 resolved after 12m, was warning: db-1 is full · 1970-01-01 00:12:00 UTC',
      ],
    ],
    [
      'still firing and not acknowledged: shown in the channel once more',
      [
        ['0 db-1 firing critical since 0'],
        ['60 db-1 repeated critical since 0'],
        ['90 db-1 escalated critical since 0'],
      ],
      [
        '🔴 disk full: critical for 1h 30m, not acknowledged: db-1 is full',
        '↳ (channel) 🔴 still critical, for 1h: db-1 is full · 1970-01-01 01:00:00 UTC',
        '↳ (channel) 🔴 critical for 1h 30m, not acknowledged: db-1 is full · 1970-01-01 01:30:00 UTC',
      ],
    ],
    [
      'fired anew: a message of its own',
      [
        ['0 db-1 firing critical since 0'],
        ['1 db-1 resolved critical since 0 was critical'],
        ['2 db-1 firing warning since 2'],
      ],
      [
        '🟢 disk full: resolved after 1m, was critical: db-1 is full',
        '↳ 🟢 resolved after 1m, was critical: db-1 is full · 1970-01-01 00:01:00 UTC',
        '🟡 disk full: warning: db-1 is full, since 1970-01-01 00:02:00 UTC',
      ],
    ],
    [
      'fired anew, and its end was never told: the old message does not stay red',
      [['0 db-1 firing critical since 0'], ['2 db-1 firing warning since 2']],
      [
        '🟢 disk full: resolved after 2m, was critical: db-1 is full',
        '↳ 🟢 resolved after 2m, was critical: db-1 is full · 1970-01-01 00:02:00 UTC',
        '🟡 disk full: warning: db-1 is full, since 1970-01-01 00:02:00 UTC',
      ],
    ],
    [
      'both told at once, after Slack was away',
      [
        ['0 db-1 firing critical since 0'],
        ['3 db-1 resolved critical since 0 was critical', '4 db-1 firing warning since 4'],
      ],
      [
        '🟢 disk full: resolved after 3m, was critical: db-1 is full',
        '↳ 🟢 resolved after 3m, was critical: db-1 is full · 1970-01-01 00:03:00 UTC',
        '🟡 disk full: warning: db-1 is full, since 1970-01-01 00:04:00 UTC',
      ],
    ],
    [
      'several at once: one message that counts how they stand',
      [
        ['0 db-1 firing critical since 0', '0 db-2 firing critical since 0'],
        ['3 db-1 resolved critical since 0 was critical'],
      ],
      [
        '🔴 disk full: 1 host critical: db-2; 1 host resolved: db-1',
        '↳ 🟢 resolved after 3m, was critical: db-1 is full · 1970-01-01 00:03:00 UTC',
      ],
    ],
    [
      'several messages, over at once: each is brought up to date',
      [
        ['0 db-1 firing critical since 0'],
        ['1 db-2 firing critical since 1'],
        [
          '3 db-1 resolved critical since 0 was critical',
          '3 db-2 resolved critical since 1 was critical',
          '3 db-3 firing critical since 3',
        ],
      ],
      [
        '🟢 disk full: resolved after 3m, was critical: db-1 is full',
        '↳ 🟢 resolved after 3m, was critical: db-1 is full · 1970-01-01 00:03:00 UTC',
        '🟢 disk full: resolved after 2m, was critical: db-2 is full',
        '↳ 🟢 resolved after 2m, was critical: db-2 is full · 1970-01-01 00:03:00 UTC',
        '🔴 disk full: critical: db-3 is full, since 1970-01-01 00:03:00 UTC',
      ],
    ],
    [
      'what is older than what was told is left out',
      [
        ['0 db-1 firing critical since 0'],
        ['3 db-1 resolved critical since 0 was critical'],
        ['1 db-1 changed warning since 0 was critical'],
        ['0 db-1 firing critical since 0'],
      ],
      [
        '🟢 disk full: resolved after 3m, was critical: db-1 is full',
        '↳ 🟢 resolved after 3m, was critical: db-1 is full · 1970-01-01 00:03:00 UTC',
      ],
    ],
    [
      'over, of which nobody was told here',
      [['3 db-1 resolved critical since 0 was critical']],
      ['🟢 disk full: resolved after 3m, was critical: db-1 is full'],
    ],
  ])('%s', async (_, messages, shown) => {
    const { slack, tell } = await stage()
    for (const lines of messages) await tell(...lines)
    expect(slack.shown()).toEqual(shown)
  })

  test('one step at a time, at most two requests each, so that the pace lies between', async () => {
    const { slack, tell } = await stage()
    await tell('0 db-1 firing critical since 0')
    await tell('0 db-2 firing critical since 0')
    const over = ['db-1', 'db-2'].map((host) => `3 ${host} resolved critical since 0 was critical`)
    expect(await tell(...over, '3 db-3 firing critical since 3')).toBe('more more sent')
    expect(slack.requests.slice(2)).toEqual([
      'chat.postMessage: ok',
      'chat.update: ok',
      'chat.postMessage: ok',
      'chat.update: ok',
      'chat.postMessage: ok',
    ])
  })

  test('of very many alerts in one message each change is told anew', async () => {
    const { slack, tell } = await stage()
    const hosts = Array.from({ length: 101 }, (_, index) => `web-${index}`)
    await tell(...hosts.map((host) => `0 ${host} firing critical since 0`))
    expect(await tell(...hosts.map((host) => `0 ${host} firing critical since 0`))).toBe('sent')
    expect(slack.messages.length).toBe(1)
    await tell('2 web-7 resolved critical since 0 was critical')
    expect(slack.shown().at(-1)).toBe('🟢 disk full: resolved after 2m, was critical: web-7 is full')
  })

  test('a message that was deleted, or cannot be changed any more, is posted anew', async () => {
    const { slack, tell } = await stage()
    await tell('0 db-1 firing warning since 0')
    slack.remove(slack.messages[0]?.ts ?? '')
    expect(await tell('5 db-1 changed critical since 0 was warning')).toBe('more sent')
    expect(slack.shown()).toEqual([
      '🔴 disk full: warning → critical: db-1 is full, since 1970-01-01 00:00:00 UTC',
    ])
    slack.answer('edit_window_closed')
    await tell('6 db-1 resolved critical since 0 was critical')
    expect(slack.shown().at(-1)).toBe('🟢 disk full: resolved after 6m, was critical: db-1 is full')
  })

  test('a thread that cannot be continued is left; the message is right', async () => {
    const { slack, lines, tell } = await stage()
    await tell('0 db-1 firing warning since 0')
    slack.answer('ok', 'restricted_action_non_threadable_channel')
    expect(await tell('5 db-1 resolved warning since 0 was warning')).toBe('sent')
    expect(slack.shown()).toEqual(['🟢 disk full: resolved after 5m, was warning: db-1 is full'])
    expect(lines).toEqual(['the thread could not be continued: restricted_action_non_threadable_channel'])
  })
})

describe('at least once', () => {
  test('a crash between Slack and our memory posts twice, and no more', async () => {
    const { slack, attempt, tell } = await stage()
    const one = notification('0 db-1 firing critical since 0')
    const killed: DestinationMemory = { get: () => undefined, put: () => {} }
    await attempt(one, { memory: killed })
    expect(await attempt(one)).toEqual({ kind: 'sent' })
    expect(await attempt(one)).toEqual({ kind: 'sent' })
    await tell('5 db-1 resolved critical since 0 was critical')
    expect(slack.messages.map(({ text }) => text.split(':')[1])).toEqual([
      ' critical',
      ' resolved after 5m, was critical',
    ])
  })

  test('an answer that is lost after a change repeats the change, which shows no difference', async () => {
    const { slack, tell, attempt } = await stage()
    await tell('0 db-1 firing critical since 0')
    const over = notification('5 db-1 resolved critical since 0 was critical')
    slack.answer('lost')
    expect((await attempt(over)).kind).toBe('retry')
    expect(await attempt(over)).toEqual({ kind: 'sent' })
    expect(slack.shown()).toEqual([
      '🟢 disk full: resolved after 5m, was critical: db-1 is full',
      '↳ 🟢 resolved after 5m, was critical: db-1 is full · 1970-01-01 00:05:00 UTC',
    ])
  })
})

test('a disk that is full does not make it post the same again and again', async () => {
  const { slack, lines, attempt, tell, memory } = await stage()
  await tell('0 db-1 firing critical since 0')
  await tell('0 db-2 firing critical since 0')
  const full: DestinationMemory = {
    get: memory.get,
    put: () => {
      throw new Error('database or disk is full')
    },
  }
  const over = ['db-1', 'db-2'].map((host) => `3 ${host} resolved critical since 0 was critical`)
  const one = notification(...over, '3 db-3 firing critical since 3')
  expect(await attempt(one, { memory: full })).toEqual({ kind: 'sent' })
  expect(slack.messages.map(({ text }) => text.slice(0, 2))).toEqual(['🟢', '🟢', '🔴'])
  expect(lines).toEqual(['what was posted could not be written down; what follows is posted anew'])
})

describe('each answer of Slack', () => {
  test.each<[SlackApiAnswer, object]>([
    ['ok', { kind: 'sent' }],
    [{ retryAfter: 30 }, { kind: 'retry', afterSeconds: 30 }],
    ['ratelimited', { kind: 'retry', afterSeconds: 1 }],
    ['internal_error', { kind: 'retry', reason: 'chat.postMessage: internal_error' }],
    ['service_unavailable', { kind: 'retry', reason: 'chat.postMessage: service_unavailable' }],
    [503, { kind: 'retry', reason: 'HTTP 503 <h1>503</h1>' }],
    ['drop', { kind: 'retry' }],
    ['lost', { kind: 'retry' }],
    ['invalid_auth', { kind: 'pause', reason: 'chat.postMessage: invalid_auth' }],
    ['token_revoked', { kind: 'pause', reason: 'chat.postMessage: token_revoked' }],
    ['missing_scope', { kind: 'pause', reason: 'chat.postMessage: missing_scope' }],
    ['channel_not_found', { kind: 'pause', reason: 'chat.postMessage: channel_not_found' }],
    ['not_in_channel', { kind: 'pause', reason: 'chat.postMessage: not_in_channel' }],
    ['is_archived', { kind: 'pause', reason: 'chat.postMessage: is_archived' }],
    ['something_new', { kind: 'pause', reason: 'chat.postMessage: something_new' }],
    [404, { kind: 'pause', reason: 'HTTP 404 <h1>404</h1>' }],
    [302, { kind: 'pause', reason: 'HTTP 302 <h1>302</h1>' }],
    ['msg_too_long', { kind: 'dead', reason: 'chat.postMessage: msg_too_long' }],
    ['invalid_blocks', { kind: 'dead', reason: 'chat.postMessage: invalid_blocks' }],
  ])('%j', async (answer, expected) => {
    const { slack, attempt } = await stage()
    slack.answer(answer)
    expect(await attempt(notification('0 db-1 firing critical since 0'))).toMatchObject(expected)
    expect(slack.requests.length).toBe(1)
  })

  test('none at all', async () => {
    const { slack, attempt } = await stage()
    slack.answer('hang')
    const abort = new AbortController()
    const delivery = attempt(notification('0 db-1 firing critical since 0'), { signal: abort.signal })
    await eventually(() => slack.requests.length > 0, 'the request')
    abort.abort(new Error('no answer within 10 s'))
    expect(await delivery).toEqual({ kind: 'retry', reason: 'no answer within 10 s' })
  })

  test.each(STATUS_CASES.filter(([status]) => status !== 200))('HTTP %i is %s', async (status, kind) => {
    const ops = slackBot({ channel: '#ops', token: TOKEN, api: 'https://slack.example/api/' })
    const io = {
      fetch: async () => new Response([204, 205, 304].includes(status) ? null : 'text', { status }),
      signal: new AbortController().signal,
      now: () => 0,
      log: () => {},
      memory: openMemory(new DatabaseSync(':memory:'))('ops'),
    }
    const delivery = await ops.deliver(notification('0 db-1 firing critical since 0'), io)
    // Slack's Web API answers 200, whatever becomes of the message; another 2xx is not Slack's.
    expect(delivery.kind).toBe(kind === 'sent' ? 'retry' : kind)
  })

  test.each(['', '<html>Sign in to the wifi</html>', 'a b'])('%j is no error of Slack: retried', (error) => {
    expect(deliveryOfError(error).kind).toBe('retry')
  })
})

describe('the configuration', () => {
  test('the token is never told', async () => {
    const { ops, attempt, slack } = await stage()
    await slack.close()
    expect(
      JSON.stringify([await attempt(notification('0 db-1 firing critical since 0')), ops]),
    ).not.toContain('secret')
    expect(ops.describe).toBe('Slack, by a bot in #ops')
  })

  test('the token comes from the environment, by the name that was given', async () => {
    const env = { SLACK_BOT_TOKEN: 'xoxb-a', OTHER: 'xoxb-b' }
    expect(slackBot({ channel: '#ops', env }).describe).toBe('Slack, by a bot in #ops')
    expect(slackBot({ channel: '#ops', env, variable: 'MISSING' }).describe).toBe(
      'not configured: MISSING is not set; its messages go to the log',
    )
  })

  test.each<[Partial<SlackBotOptions>, string]>([
    [{ channel: ' ' }, "slackBot 'ops' channel: not a channel, like C0123456789 or #ops"],
    [{ channel: '#ops', api: 'slack.com' }, "slackBot 'ops' api: not an address of https"],
  ])('%j is refused', (options, message) => {
    expect(() => slackBot({ name: 'ops', channel: '#ops', token: TOKEN, ...options })).toThrow(message)
  })
})

test('from the outbox: a day on which Slack is away, then the channel is right', async () => {
  const slack = await startSlackApiStandIn()
  onTestFinished(() => slack.close())
  const wall = new TestWall(0)
  const outbox = openOutbox(new DatabaseSync(':memory:'))
  const delivery = startDelivery({
    outbox,
    destinations: [slackBot({ name: 'ops', channel: '#ops', token: TOKEN, api: slack.api })],
    wall,
    fetch,
    random: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  })
  const counters = delivery.counters.get('ops') ?? { attempts: 0 }
  /** Lets time pass until nothing goes on any more before `minute`. */
  const until = async (minute: number) => {
    while (wall.now() < minute * MIN) {
      await wall.advance(1_000)
      await eventually(() => delivery.resting, 'the end of an attempt')
    }
  }
  const add = (...told: readonly string[]) => {
    outbox.add([notification(...told)])
    delivery.poke()
  }
  add('0 db-1 firing warning since 0')
  await until(1)
  slack.answer(503, 'drop', { retryAfter: 400 }, 'invalid_auth')
  add('1 db-1 changed critical since 0 was warning')
  await until(2)
  add('2 db-2 firing critical since 2')
  await until(4)
  add('4 db-2 resolved critical since 2 was critical')
  add('4 db-1 resolved critical since 0 was critical')
  await until(30)
  expect(slack.shown()).toEqual([
    '🟢 disk full: resolved after 4m, was warning: db-1 is full',
    '↳ 🟢 resolved after 4m, was warning: db-1 is full · 1970-01-01 00:04:00 UTC',
    '🟢 disk full: critical for 2m, already over: db-2 is full',
  ])
  expect(outbox.counts()).toEqual({ pending: 0, sent: 2, dead: 0, folded: 4 })
  expect(counters.attempts).toBe(7)
  await delivery.stop()
})
