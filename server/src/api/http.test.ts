import { once } from 'node:events'
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { api, local } from './http.fixture.ts'

describe('a listener on loopback', () => {
  test('serves the page, which may load nothing from elsewhere', async () => {
    const { app } = await api()
    const { statusCode, headers, body } = await app.inject({ url: '/', headers: local })
    expect([statusCode, body]).toEqual([200, '<title>Weir</title>'])
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('says so where the page is not built', async () => {
    const { app } = await api({ page: false })
    const { statusCode, json } = await app.inject({ url: '/', headers: local })
    expect([statusCode, json()]).toEqual([
      503,
      { error: expect.stringContaining('npm run build -w dashboard') },
    ])
  })

  test('tells its health', async () => {
    const { app, rig } = await api()
    rig.send([{ host: 'db-1', service: 'disk' }])
    await expect.poll(() => rig.hub.fold.index.size).toBe(1)
    const { statusCode, json } = await app.inject({ url: '/healthz', headers: local })
    expect([statusCode, json()]).toEqual([
      200,
      expect.objectContaining({ status: 'ok', indexed: 1, version: '0' }),
    ])
  })

  test.each([
    [{ host: 'evil.example' }, 'foreign-host', "came for 'evil.example'"],
    [{ ...local, origin: 'http://evil.example' }, 'foreign-origin', "a page of 'http://evil.example'"],
  ])('refuses %j: %s', async (headers, reason, error) => {
    const { app, rig } = await api()
    for (const [method, url] of [
      ['GET', '/'],
      ['GET', '/healthz'],
      ['POST', '/events'],
      ['GET', '/nowhere'],
    ] as const) {
      const response = await app.inject({ method, url, headers, payload: method === 'POST' ? '[{}]' : '' })
      expect([response.statusCode, response.json()]).toEqual([403, { error: expect.stringContaining(error) }])
    }
    expect(Object.fromEntries(rig.hub.counters.rejected)).toEqual({ [`http ${reason}`]: 4 })
    expect(rig.hub.counters.messages).toBe(0)
  })

  test('answers in one shape what there is not, and what is none of its methods', async () => {
    const { app } = await api()
    for (const [method, url] of [
      ['GET', '/nowhere?token=secret'],
      ['PUT', '/events'],
      ['GET', '/../../etc/passwd'],
    ] as const) {
      const { statusCode, json } = await app.inject({ method, url, headers: local })
      expect([statusCode, json()]).toEqual([
        404,
        { error: expect.stringMatching(/^there is no \w+ [^?]* here$/) },
      ])
    }
  })

  test('answers what cannot be parsed with its reason', async () => {
    const { app } = await api()
    const { statusCode, json } = await app.inject({
      method: 'DELETE',
      url: '/index',
      headers: { ...local, 'content-type': 'application/json' },
      payload: '{',
    })
    expect([statusCode, json()]).toEqual([400, { error: expect.any(String) }])
  })
})

describe('events', () => {
  test.each(['/events', '/collectd'])('come in at %s, also gzipped', async (url) => {
    const { app, rig } = await api()
    const event =
      url === '/events'
        ? { host: 'web-1', service: 'load/load' }
        : {
            ...{ values: [1], dstypes: ['gauge'], dsnames: ['value'], time: 1_700_000_000, interval: 10 },
            ...{ host: 'web-1', plugin: 'load', plugin_instance: '', type: 'load', type_instance: '' },
          }
    for (const encoding of ['identity', 'gzip']) {
      const body = Buffer.from(JSON.stringify([event]))
      const { statusCode, json } = await app.inject({
        method: 'POST',
        url,
        headers: { ...local, 'content-encoding': encoding },
        payload: encoding === 'gzip' ? gzipSync(body) : body,
      })
      expect([statusCode, json()]).toEqual([200, { accepted: 1, rejected: [], rejectedCount: 0 }])
    }
    expect(rig.hub.fold.index.lookup('web-1', 'load/load')).toBeDefined()
  })
})

describe('DELETE /index', () => {
  test('forgets a host, or one service of it', async () => {
    const { app, rig } = await api()
    rig.send([
      { host: 'db-1', service: 'disk' },
      { host: 'db-1', service: 'cpu' },
      { host: 'db-2', service: 'disk' },
    ])
    const remove = (query: string) => app.inject({ method: 'DELETE', url: `/index?${query}`, headers: local })
    const left = () => [...rig.hub.fold.index.entries()].map(({ event }) => `${event.host} ${event.service}`)
    expect((await remove('host=db-1&service=cpu')).statusCode).toBe(200)
    expect(left()).toEqual(['db-1 disk', 'db-2 disk'])
    expect((await remove('host=db-1')).statusCode).toBe(200)
    expect(left()).toEqual(['db-2 disk'])
  })

  test.each(['', 'service=cpu', 'host=a&host=b', 'host=a&service=b&service=c'])(
    'with %j is refused, and nothing is journaled',
    async (query) => {
      const { app, rig } = await api()
      const { next } = rig.journal
      const { statusCode, json } = await app.inject({
        method: 'DELETE',
        url: `/index?${query}`,
        headers: local,
      })
      expect([statusCode, json()]).toEqual([
        400,
        { error: expect.stringContaining('DELETE /index?host=db-1') },
      ])
      expect(rig.journal.next).toBe(next)
    },
  )
})

describe('a listener with a token', () => {
  test('asks for it, whatever the name that it was called by', async () => {
    const { app, rig } = await api({ token: 's3cret' })
    const refused = await app.inject({ url: '/healthz', headers: { host: 'hub.example' } })
    expect(refused.statusCode).toBe(401)
    expect(refused.headers['www-authenticate']).toBe('Basic realm="weir"')
    expect(refused.body).not.toContain('s3cret')
    const headers = { host: 'hub.example', authorization: 'Bearer s3cret' }
    expect((await app.inject({ url: '/healthz', headers })).statusCode).toBe(200)
    expect(Object.fromEntries(rig.hub.counters.rejected)).toEqual({ 'http no-token': 1 })
  })

  test('says which scope a token lacks', async () => {
    const { app, rig } = await api({ token: 's3cret' })
    const headers = { host: 'hub.example', authorization: 'Bearer viewer' }
    expect((await app.inject({ url: '/healthz', headers })).statusCode).toBe(200)
    for (const [method, url, scope] of [
      ['POST', '/events', 'write'],
      ['DELETE', '/index?host=db-1', 'operate'],
    ] as const) {
      const { statusCode, json } = await app.inject({ method, url, headers, payload: '' })
      expect([statusCode, json()]).toEqual([403, { error: expect.stringContaining(`the scope '${scope}'`) }])
    }
    expect(Object.fromEntries(rig.hub.counters.rejected)).toEqual({ 'http no-scope': 2 })
  })

  test('has a login for the page: a cookie that no script and no other site gets', async () => {
    const { app } = await api({ token: 's3cret' })
    const host = 'hub.example'
    const page = await app.inject({ url: '/', headers: { host, accept: 'text/html,*/*' } })
    expect([page.statusCode, page.headers.location]).toEqual([302, '/login'])
    const form = await app.inject({ url: '/login', headers: { host } })
    expect([form.statusCode, form.body]).toEqual([200, expect.stringContaining('name="token"')])
    expect(form.headers['content-security-policy']).toContain("default-src 'none'")
    const login = (token: string, origin: string) =>
      app.inject({
        method: 'POST',
        url: '/login',
        headers: { host, origin, 'content-type': 'application/x-www-form-urlencoded' },
        payload: `token=${token}`,
      })
    expect((await login('s3cret', 'https://evil.example')).statusCode).toBe(403)
    expect((await login('wrong', 'https://hub.example')).statusCode).toBe(401)
    const welcome = await login('s3cret', 'https://hub.example')
    expect([welcome.statusCode, welcome.headers.location]).toEqual([303, '/'])
    const [cookie = '', ...flags] = String(welcome.headers['set-cookie']).split('; ')
    expect(flags).toEqual(['Path=/', 'Max-Age=43200', 'HttpOnly', 'Secure', 'SameSite=Strict'])
    expect((await app.inject({ url: '/', headers: { host, cookie } })).body).toBe('<title>Weir</title>')
    const out = await app.inject({ method: 'POST', url: '/logout', headers: { host, cookie } })
    expect(out.headers['set-cookie']).toContain('weir-session=; Path=/; Max-Age=0')
  })

  test('lets whoever guesses wait, and nobody else', async () => {
    const { app } = await api({ token: 's3cret' })
    const ask = (token: string) =>
      app.inject({ url: '/healthz', headers: { host: 'hub.example', authorization: `Bearer ${token}` } })
    for (let n = 0; n < 60; n++) expect((await ask('wrong')).statusCode).toBe(401)
    const { statusCode, headers } = await ask('wrong')
    expect([statusCode, Number(headers['retry-after'])]).toEqual([429, expect.closeTo(60, -1)])
    expect((await ask('s3cret')).statusCode).toBe(200)
  })
})

test('an offer to go on in HTTP/2, as of Java and curl, is passed over', async () => {
  const { app } = await api()
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const headers = {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABkAAQBAAAAAAIAAAAA',
  }
  const asked = request({ port, host: '127.0.0.1', path: '/healthz', headers })
  asked.end()
  const [response] = await once(asked, 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
})

test('connections beyond the limit, and those that the system does not hand over, are counted', async () => {
  const { app, rig } = await api()
  await app.listen({ port: 0, host: '127.0.0.1' })
  app.server.emit('drop')
  app.server.emit('error', new Error('accept EMFILE'))
  expect(app.server.maxConnections).toBe(12_000)
  expect(Object.fromEntries(rig.hub.counters.rejected)).toEqual({
    'http too-many-connections': 1,
    'http accept-failed': 1,
  })
})
