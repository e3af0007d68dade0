import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Event } from 'weir-protocol'
import type { Acknowledgeable } from '../../outputs/notification.ts'
import { rule } from '../../rules/rule.ts'
import { alert } from '../../streams/alert.ts'
import { by } from '../../streams/by.ts'
import { api, local } from '../http.fixture.ts'
import { AcknowledgeLinks, LINK_LIVES } from './links.ts'
import { signingSecret } from './secret.ts'

const outside = { host: 'weir.example', origin: 'https://weir.example' }
const FORM = 'application/x-www-form-urlencoded'

/** A hub behind a proxy, with an open alert whose summary is no markup, and the link to acknowledge it. */
async function signed(options: { readonly token?: string } = { token: 's3cret' }) {
  const summary = '<script>alert("x")</script> & more'
  const rules = [rule('app', { match: { service: 'app' }, stream: alert({ summary, notify: [] }) })]
  const { app, rig } = await api({ ...options, hub: { rules } })
  rig.send([{ host: 'a', service: 'app', state: 'critical', ttl: 1e6 }])
  await rig.hub.settled()
  const open = () => [...rig.hub.fold.book.open][0]
  const links = new AcknowledgeLinks({
    secret: Buffer.from('secret'),
    page: 'https://weir.example/hub',
    now: () => rig.wall.now(),
  })
  const link = links.link({ alert: open()?.id ?? '' }) ?? ''
  const query = new URL(link).search
  const get = (search = query, headers: Record<string, string> = { host: outside.host }) =>
    app.inject({ method: 'GET', url: `/acknowledge${search}`, headers })
  const post = (body: string, search = query, headers: Record<string, string> = outside) =>
    app.inject({
      method: 'POST',
      url: `/acknowledge${search}`,
      headers: { 'content-type': FORM, ...headers },
      body,
    })
  return { app, rig, link, query, get, post, open }
}

describe('the link to acknowledge an alert', () => {
  test('leads below the address of the page, without the token, and only asks', async () => {
    const { link, get, open } = await signed()
    expect(link).toMatch(
      /^https:\/\/weir\.example\/hub\/acknowledge\?alert=[\d-]+&until=\d{10}&signature=[\w-]{43}$/,
    )
    const page = await get()
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more')
    expect(page.body).not.toContain('<script')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    )
    expect(page.headers['cache-control']).toBe('no-store')
    expect(open()?.acknowledged).toBeUndefined()
  })

  test('acknowledges when its form is sent, and shows who did then', async () => {
    const { get, post, query, open } = await signed()
    const done = await post('who=Kim+%3Cb%3E&why=')
    expect([done.statusCode, done.headers.location]).toEqual([303, query])
    expect(open()?.acknowledged).toMatchObject({ who: 'Kim <b>', why: 'by the link in a message' })
    expect((await get()).body).toContain('Acknowledged by Kim &lt;b&gt;.')
    await post('who=sam&why=new+disk')
    expect(open()?.acknowledged).toMatchObject({ who: 'sam', why: 'new disk' })
  })

  test('expires after three days', async () => {
    const { rig, get, post, open } = await signed()
    const made = (ago: number) => {
      const now = () => rig.wall.now() - ago
      const links = new AcknowledgeLinks({ secret: Buffer.from('secret'), page: 'https://weir.example', now })
      return new URL(links.link({ alert: open()?.id ?? '' }) ?? '').search
    }
    expect((await get(made(LINK_LIVES - 2_000_000))).statusCode).toBe(200)
    expect((await get(made(LINK_LIVES + 2_000_000))).statusCode).toBe(410)
    expect((await post('who=kim', made(LINK_LIVES + 2_000_000))).body).toContain('This link has expired.')
    expect(open()?.acknowledged).toBeUndefined()
  })

  test('of an alert that is over says so', async () => {
    const { rig, get, post } = await signed()
    rig.send([{ host: 'a', service: 'app', state: 'ok' }])
    await rig.hub.settled()
    expect((await get()).statusCode).toBe(404)
    expect((await post('who=kim')).body).toContain('This alert is over.')
  })

  test.each<[string, (query: string) => string]>([
    ['without a signature', (query) => query.replace(/&signature=.*/, '')],
    ['with another signature', (query) => query.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['with a longer time', (query) => query.replace(/until=\d/, 'until=9')],
    ['for another alert', (query) => query.replace(/alert=\d/, 'alert=2')],
    ['with two alerts', (query) => `${query}&alert=x`],
    ['that is bare', () => ''],
  ])('%s is refused and counted', async (_, changed) => {
    const { rig, query, get, post, open } = await signed()
    expect((await get(changed(query))).statusCode).toBe(403)
    expect((await post('who=kim', changed(query))).statusCode).toBe(403)
    expect(rig.hub.counters.rejected.get('http not-signed')).toBe(2)
    expect(open()?.acknowledged).toBeUndefined()
  })

  test.each([
    ['nobody', 'who='],
    ['blanks', 'who=+++'],
    ['a novel', `who=${'x'.repeat(101)}`],
    ['nothing', ''],
  ])('a form that says %s is refused', async (_, body) => {
    const { post, open } = await signed()
    expect((await post(body)).statusCode).toBe(400)
    expect(open()?.acknowledged).toBeUndefined()
  })

  test('a form from a foreign page, one that is too long, and one that is none are refused', async () => {
    const { post, query, open } = await signed()
    const foreign = { host: outside.host, origin: 'https://evil.example' }
    expect((await post('who=kim', query, foreign)).statusCode).toBe(403)
    expect((await post('who=kim', query, { host: outside.host, origin: 'null' })).statusCode).toBe(403)
    expect((await post(`who=kim&why=${'x'.repeat(5000)}`)).statusCode).toBe(413)
    expect((await post('kim', query, { ...outside, 'content-type': 'text/plain' })).statusCode).toBe(400)
    expect(open()?.acknowledged).toBeUndefined()
  })

  test('opens nothing else: other routes ask for the token, and the listener of this machine for its name', async () => {
    const { app, query } = await signed()
    for (const url of [`/${query}`, `/api/alerts${query}`, `/acknowledge/x${query}`, `/metrics${query}`])
      expect((await app.inject({ url, headers: { host: outside.host } })).statusCode, url).toBe(401)
    const here = await signed({})
    expect((await here.get(here.query, local)).statusCode).toBe(200)
    expect((await here.get(here.query, { host: 'evil.example' })).statusCode).toBe(403)
  })

  test('there is none without the address of the page', () => {
    const links = (page: string | undefined) =>
      new AcknowledgeLinks({ secret: Buffer.from('s'), page, now: () => 0 }).link({ alert: 'a' })
    expect(links(undefined)).toBeUndefined()
    expect(links('no address')).toBeUndefined()
    expect(links('https://weir.example')).toMatch(
      /^https:\/\/weir\.example\/acknowledge\?alert=a&until=259200&/,
    )
  })
})

describe('the link to acknowledge all alerts of a message', () => {
  /** Alerts of these hosts, told of in one message. */
  async function told(...hosts: readonly string[]) {
    const summary = (e: Event) => `${e.host} is down`
    const stream = by('host', alert({ summary, notify: [{ name: 'ops' }] }))
    const { app, rig } = await api({ hub: { rules: [rule('app', { match: { service: 'app' }, stream })] } })
    const hear = async (state: string, ...names: readonly string[]) => {
      rig.send(names.map((host) => ({ host, service: 'app', state, ttl: 1e6 })))
      await rig.hub.settled()
    }
    await hear('critical', ...hosts)
    await rig.pass(6_000)
    await rig.hub.settled()
    const [message] = rig.outbox.pending('ops')
    const links = new AcknowledgeLinks({
      ...{ secret: Buffer.from('secret'), page: 'https://weir.example/hub', now: () => rig.wall.now() },
    })
    const { search } = new URL(links.link({ message: message?.id ?? '' }) ?? '')
    const url = `/acknowledge${search}`
    const headers = { ...local, origin: `http://${local.host}`, 'content-type': FORM }
    return {
      rig,
      hear,
      search,
      link: (what: Acknowledgeable) => `/acknowledge${new URL(links.link(what) ?? '').search}`,
      get: (at = url) => app.inject({ url: at, headers: local }),
      post: (body: string, at = url) => app.inject({ method: 'POST', url: at, headers, body }),
      taken: () => [...rig.hub.fold.book.open].map(({ key, acknowledged }) => `${key} ${acknowledged?.who}`),
    }
  }

  test('shows those that are open, and takes on what nobody has', async () => {
    const { rig, hear, search, link, get, post, taken } = await told('web-1', 'web-2', 'web-3', 'web-4')
    await hear('ok', 'web-3')
    await hear('critical', 'other')
    const [first] = rig.hub.fold.book.open
    await post('who=sam', link({ alert: first?.id ?? '' }))
    const { statusCode, body } = await get()
    expect([statusCode, body.match(/[\w-]+ is down/g)]).toEqual([
      200,
      ['web-1 is down', 'web-2 is down', 'web-4 is down'],
    ])
    expect(body).toContain('web-1 is down<br>since 2026-01-01 00:00:00 UTC<br><b>Acknowledged by sam.</b>')
    expect(body).toContain('<button>Acknowledge 2 of 3</button>')
    const done = await post('who=kim')
    expect([done.statusCode, done.headers.location]).toEqual([303, search])
    expect(taken()).toEqual(['web-1 sam', 'web-2 kim', 'web-4 kim', 'other undefined'])
    expect((await get()).body).toContain('Somebody is on each of them.')
  })

  test('shows a hundred, and acknowledges all of more', async () => {
    const { get, post, taken } = await told(...Array.from({ length: 230 }, (_, n) => `web-${n}`))
    const { body } = await get()
    expect([body.match(/is down/g)?.length, /… and \d+ more/.exec(body)?.[0]]).toEqual([
      100,
      '… and 130 more',
    ])
    expect((await post('who=kim')).statusCode).toBe(303)
    expect(taken().filter((line) => line.endsWith('kim'))).toHaveLength(230)
  })

  test('says when all is over, and when there is no such message any more', async () => {
    const { hear, link, get } = await told('web-1', 'web-2')
    await hear('ok', 'web-1', 'web-2')
    for (const { statusCode, body } of [await get(), await get(link({ message: 'another' }))])
      expect([statusCode, body]).toEqual([
        404,
        expect.stringContaining('All that this message told of is over.'),
      ])
  })

  test('is none for an alert, and the other way round', async () => {
    const { search, get } = await told('web-1', 'web-2')
    expect((await get(`/acknowledge${search.replace('message=', 'alert=')}`)).statusCode).toBe(403)
    expect((await get(`/acknowledge${search}&alert=x`)).statusCode).toBe(403)
  })
})

describe('the secret', () => {
  const inDir = () => {
    const dir = mkdtempSync(join(tmpdir(), 'weir-secret-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    return join(dir, 'acknowledge.key')
  }
  const lines: string[] = []
  const log = (line: string) => lines.push(line)

  test('is made once, and only its owner may read it', () => {
    const path = inDir()
    const secret = signingSecret(path, log)
    expect(secret).toHaveLength(32)
    expect(signingSecret(path, log)).toEqual(secret)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    expect(lines).toEqual([])
  })

  test('where it can be neither read nor made, there is one until the next start, and the log says so', () => {
    const path = inDir()
    writeFileSync(path, 'no secret')
    expect(signingSecret(path, log)).not.toEqual(signingSecret(path, log))
    expect(signingSecret(join(path, 'below-a-file'), log)).toHaveLength(32)
    expect(lines).toEqual([
      `${path}: is no secret of 32 bytes in hexadecimal; links to acknowledge hold until the next start`,
      `${path}: is no secret of 32 bytes in hexadecimal; links to acknowledge hold until the next start`,
      expect.stringMatching(/below-a-file: ENOTDIR.*; links to acknowledge hold until the next start$/),
    ])
  })
})
