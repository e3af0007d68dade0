import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TestWall } from '../server/src/clock/test-wall.ts'
import { startDelivery } from '../server/src/outputs/delivery.ts'
import { openMemory } from '../server/src/outputs/destination-memory.ts'
import { type EmailOptions, email } from '../server/src/outputs/email.ts'
import type { Destination, Notification } from '../server/src/outputs/notification.ts'
import { openOutbox } from '../server/src/outputs/outbox.ts'
import { eventually } from './real/processes.ts'

const NOW = Date.UTC(2026, 10, 22, 3, 9, 11) * 1000
const ADDRESSES = { to: 'oncall@example.org', from: 'Weir <weir@example.org>' }

const notification: Notification = {
  id: 'n-1',
  destination: 'oncall',
  rule: 'host down',
  runbook: 'docs/runbooks/host-down.md',
  link: 'https://hub.example/',
  at: NOW,
  items: [
    {
      status: 'firing',
      severity: 'critical',
      key: ['web-1'],
      host: 'web-1',
      summary: 'nothing heard',
      since: NOW,
      at: NOW,
    },
  ],
}

interface Email {
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
  readonly user: unknown
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** A real SMTP server on this machine that keeps what it takes. */
async function mailServer(options: SMTPServerOptions = {}) {
  const emails: Email[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth: ({ username, password }, _, done) =>
      password === 'p%w' ? done(null, { user: username }) : done(new Error('no such user')),
    onData: (stream, { envelope, secure, user }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n')
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        emails.push({ from, to, secure, user, headers: headersOf(head), body: rest.join('\r\n\r\n') })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { emails, port, smtp: `smtp://127.0.0.1:${port}` }
}

function headersOf(head: string): ReadonlyMap<string, string> {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

async function deliver(destination: Destination, signal = AbortSignal.timeout(20_000), told = notification) {
  const lines: string[] = []
  const delivery = await destination.deliver(told, {
    fetch,
    signal,
    now: () => NOW,
    log: (line) => lines.push(line),
    memory: openMemory(new DatabaseSync(':memory:'))('oncall'),
  })
  return { delivery, lines }
}

function only<T>(all: readonly T[]): T {
  const [first, ...others] = all
  if (first === undefined || others.length > 0) throw new Error(`${all.length} where one was expected`)
  return first
}

/** An answer of the server with this code. */
const refusing = (responseCode: number) => Object.assign(new Error('not today'), { responseCode })

test('an email arrives, with text and HTML, as the first of a thread', async () => {
  const { emails, smtp } = await mailServer()
  const oncall = email({ ...ADDRESSES, smtp })
  expect((await deliver(oncall)).delivery).toEqual({ kind: 'sent' })
  const over = notification.items.map((item) => ({ ...item, status: 'resolved' as const }))
  await deliver(oncall, undefined, { ...notification, id: 'n-2', items: over })
  const [first, second] = emails
  expect(first).toMatchObject({ from: 'weir@example.org', to: ['oncall@example.org'], user: undefined })
  expect(Object.fromEntries(first?.headers ?? [])).toMatchObject({
    from: 'Weir <weir@example.org>',
    to: 'oncall@example.org',
    subject: '[critical] web-1: nothing heard',
    date: 'Sun, 22 Nov 2026 03:09:11 +0000',
    'auto-submitted': 'auto-generated',
    'x-priority': '1 (Highest)',
    'content-type': expect.stringContaining('multipart/alternative'),
  })
  expect(first?.body).toContain('Content-Type: text/plain; charset=utf-8')
  expect(first?.body).toContain('Content-Type: text/html; charset=utf-8')
  expect(first?.body).toContain('host down: critical')
  expect(second?.headers.get('subject')).toBe('[resolved] web-1: nothing heard')
  expect(second?.headers.get('in-reply-to')).toBe(first?.headers.get('message-id'))
  expect(second?.headers.get('references')).toBe(first?.headers.get('message-id'))
})

test('several are told in one email; one that is refused does not keep it from the others', async () => {
  const { emails, smtp } = await mailServer({
    onRcptTo: ({ address }, _, done) => done(address.startsWith('gone') ? refusing(550) : null),
  })
  const oncall = email({ ...ADDRESSES, to: ['a@example.org', 'gone@example.org'], smtp })
  const { delivery, lines } = await deliver(oncall)
  expect(delivery).toEqual({ kind: 'sent' })
  expect(only(emails).to).toEqual(['a@example.org'])
  expect(lines).toEqual([
    expect.stringMatching(/^sent to 1 of 2; refused for gone@example\.org: .*550 not today/),
  ])
})

describe('each answer of the server', () => {
  test.each<[string, SMTPServerOptions, string]>([
    ['welcomes nobody for now', { onConnect: (_, done) => done(refusing(421)) }, 'retry'],
    ['welcomes nobody', { onConnect: (_, done) => done(refusing(554)) }, 'pause'],
    ['sender refused for now', { onMailFrom: (_, __, done) => done(refusing(451)) }, 'retry'],
    ['sender refused', { onMailFrom: (_, __, done) => done(refusing(550)) }, 'pause'],
    ['greylisted', { onRcptTo: (_, __, done) => done(refusing(450)) }, 'retry'],
    ['mailbox full', { onRcptTo: (_, __, done) => done(refusing(452)) }, 'retry'],
    ['recipient unknown', { onRcptTo: (_, __, done) => done(refusing(550)) }, 'pause'],
    ['message refused for now', { onData: data(refusing(451)) }, 'retry'],
    ['message refused', { onData: data(refusing(550)) }, 'dead'],
    ['message is spam', { onData: data(refusing(554)) }, 'dead'],
    ['message too large', { onData: data(refusing(552)) }, 'dead'],
  ])('%s', async (_, options, kind) => {
    const { smtp } = await mailServer(options)
    const { delivery } = await deliver(email({ ...ADDRESSES, smtp }))
    expect(delivery).toEqual({ kind, reason: expect.stringMatching(/\S/) })
  })

  function data(error: Error): NonNullable<SMTPServerOptions['onData']> {
    return (stream, _, done) => {
      stream.resume()
      stream.on('end', () => done(error))
    }
  }

  test('nobody there', async () => {
    const { delivery } = await deliver(email({ ...ADDRESSES, smtp: 'smtp://127.0.0.1:1' }))
    expect(delivery).toEqual({ kind: 'retry', reason: expect.stringContaining('ECONNREFUSED') })
  })

  test.each(['greets', 'answers'])('one that never %s is broken off', async (what) => {
    const accepted: unknown[] = []
    const server = createServer((socket) => {
      accepted.push(socket)
      socket.on('error', () => {})
      if (what === 'answers') socket.write('220 hello\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const abort = new AbortController()
    const attempt = deliver(email({ ...ADDRESSES, smtp: `smtp://127.0.0.1:${port}` }), abort.signal)
    await eventually(() => accepted.length > 0, 'the connection')
    abort.abort(new Error('no answer within 10 s'))
    expect((await attempt).delivery).toEqual({ kind: 'retry', reason: 'no answer within 10 s' })
  })
})

describe('login and TLS', () => {
  const withTls: SMTPServerOptions = { disabledCommands: [], allowInsecureAuth: true }

  test.each<[string, Omit<EmailOptions, 'to' | 'from'>, string, SMTPServerOptions, string]>([
    ['logs in', {}, 'me:p%25w@', {}, 'sent'],
    ['is refused with a wrong password', {}, 'me:wrong@', {}, 'pause'],
    [
      'wants to log in where nobody can',
      {},
      'me:p%25w@',
      { disabledCommands: ['AUTH', 'STARTTLS'] },
      'pause',
    ],
    ['goes without TLS where none is offered', {}, '', {}, 'sent'],
    ['refuses a certificate that it cannot check', {}, '', withTls, 'retry'],
    ['takes it where it is told to', { tls: { verify: false } }, 'me:p%25w@', withTls, 'sent'],
    ['does not go without TLS where it must not', { tls: { required: true } }, '', {}, 'pause'],
  ])('%s', async (_, options, login, server, kind) => {
    const { emails, port } = await mailServer({ allowInsecureAuth: true, ...server })
    const { delivery } = await deliver(
      email({ ...ADDRESSES, smtp: `smtp://${login}127.0.0.1:${port}`, ...options }),
    )
    expect(delivery.kind).toBe(kind)
    expect(emails.map(({ secure, user }) => [secure, user])).toEqual(
      kind === 'sent' ? [[server === withTls, login === '' ? undefined : 'me']] : [],
    )
  })

  test('a password is not sent unprotected over a network', async () => {
    const { emails, port } = await mailServer({ allowInsecureAuth: true })
    // A name of this machine that the default does not take for it.
    const oncall = email({ ...ADDRESSES, smtp: `smtp://me:p%25w@0.0.0.0:${port}` })
    expect((await deliver(oncall)).delivery.kind).toBe('pause')
    expect(emails).toEqual([])
  })

  test('TLS from the first byte', async () => {
    const { emails, port } = await mailServer({ secure: true, disabledCommands: [] })
    const oncall = email({ ...ADDRESSES, smtp: `smtps://127.0.0.1:${port}`, tls: { verify: false } })
    expect((await deliver(oncall)).delivery.kind).toBe('sent')
    expect(only(emails).secure).toBe(true)
  })
})

test('from the outbox: greylisted, refused for a while, then all arrive in order, the storm as one', async () => {
  const answers = [450, 550]
  const { emails, smtp } = await mailServer({
    onRcptTo: (_, __, done) => {
      const code = answers.shift()
      done(code === undefined ? null : refusing(code))
    },
  })
  const wall = new TestWall(NOW)
  const outbox = openOutbox(new DatabaseSync(':memory:'))
  const told = (index: number): Notification => ({
    ...notification,
    id: `n-${index}`,
    items: notification.items.map((item) => ({ ...item, host: `web-${index}`, key: [`web-${index}`] })),
  })
  outbox.add([told(0)])
  const delivery = startDelivery({
    outbox,
    destinations: [email({ name: 'oncall', ...ADDRESSES, smtp })],
    wall,
    fetch,
    random: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  })
  const rest = () => eventually(() => delivery.resting, 'the end of an attempt')
  await rest()
  outbox.add(Array.from({ length: 30 }, (_, index) => told(index + 1)))
  await wall.advance(1_000)
  await rest()
  await wall.advance(600_000)
  await eventually(() => outbox.counts().pending === 0, 'the email')
  await delivery.stop()
  expect(emails.map(({ headers }) => headers.get('subject'))).toEqual([
    '[critical] host down: 31 hosts critical',
  ])
  expect(outbox.counts()).toEqual({ pending: 0, sent: 1, dead: 0, folded: 31 })
})

describe('the configuration', () => {
  test.each<[Partial<EmailOptions>, string]>([
    [{ from: 'weir' }, "email 'oncall' from: not an address, like Weir <weir@example.org>"],
    [{ from: 'a@b\r\nBcc: c@d' }, "email 'oncall' from: not an address"],
    [{ to: [] }, "email 'oncall' to: not an address, like oncall@example.org"],
    [{ to: ['a@example.org', 'b'] }, "email 'oncall' to: not an address"],
    [{ smtp: 'mail.example.org:25' }, "email 'oncall' smtp: not a mail server, like smtp://"],
    [{ smtp: 'https://mail.example.org' }, "email 'oncall' smtp: not a mail server"],
    [{ smtp: 'smtp://me:50%@mail.example.org' }, "email 'oncall' smtp: has a % in its user or password"],
    [{ env: { WEIR_SMTP_URL: 'me:secret@mail' } }, 'WEIR_SMTP_URL: not a mail server'],
  ])('%j is refused', (options, message) => {
    let thrown = ''
    try {
      email({ name: 'oncall', ...ADDRESSES, ...options })
    } catch (error) {
      thrown = error instanceof Error ? error.message : ''
    }
    expect(thrown).toContain(message)
    expect(thrown).not.toContain('secret')
  })

  test('user and password are not shown', () => {
    const smtp = 'smtps://me:secret@mail.example.org'
    expect(email({ ...ADDRESSES, smtp }).describe).toBe('email to oncall@example.org, by mail.example.org')
  })

  test('without a server its messages go to the log', async () => {
    const oncall = email({ name: 'oncall', ...ADDRESSES, env: {} })
    expect(oncall.describe).toBe('not configured: WEIR_SMTP_URL is not set; its messages go to the log')
    expect((await deliver(oncall)).lines).toEqual([
      '[oncall not configured: WEIR_SMTP_URL is not set] would have sent: host down: critical: nothing heard (web-1), since 2026-11-22 03:09:11 UTC',
    ])
  })

  test('the preview is what would be sent', () => {
    expect(email({ ...ADDRESSES, smtp: 'smtp://mail' }).preview?.(notification)).toMatchInlineSnapshot(`
      "From: Weir <weir@example.org>
      To: oncall@example.org
      Subject: [critical] web-1: nothing heard

      host down: critical
      nothing heard

      Host   web-1
      Since  2026-11-22 03:09:11 UTC

      Runbook: docs/runbooks/host-down.md
      Open Weir: https://hub.example/
      "
    `)
  })
})
