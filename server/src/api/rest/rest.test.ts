import type { FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rule } from '../../rules/rule.ts'
import { alert } from '../../streams/alert.ts'
import { by } from '../../streams/by.ts'
import { index } from '../../streams/index-events.ts'
import { severity } from '../../streams/severity.ts'
import { below } from '../../streams/threshold.ts'
import { api, local } from '../http.fixture.ts'
import type { Operated } from '../operated.ts'
import { healthSchema, intakeSchema } from './elsewhere.ts'
import { refusalSchema } from './endpoint.ts'
import { endpointsOf } from './endpoints.ts'

const rules = [
  rule('index', { stream: index() }),
  rule('disk full', {
    match: { service: 'disk' },
    stream: by(
      'host',
      severity({ critical: below(5), warning: below(10) }),
      alert({ summary: ({ host }) => `${host}: disk is full`, notify: [{ name: 'ops' }] }),
    ),
  }),
]

const kim = { who: 'kim', why: 'new disk ordered' }

/** A hub with three hosts, two of which have an alert. */
async function hub(operated: Partial<Operated> = {}) {
  const { app, rig } = await api({ hub: { rules }, operated })
  rig.send([
    { host: 'db-1', service: 'disk', metric: 4, tags: ['db'], attributes: { rack: 'r1' } },
    { host: 'db-1', service: 'cpu', metric: 90, state: 'ok' },
    { host: 'db-2', service: 'disk', metric: 7 },
    { host: 'web-1', service: 'disk', metric: 70 },
  ])
  await expect.poll(() => rig.hub.fold.index.size).toBe(4)
  const ask = async (line: string, payload?: object) => {
    const [method, url] = line.split(' ')
    const response = await app.inject({
      method: method as 'GET',
      url: url ?? '',
      headers: local,
      ...(payload === undefined ? {} : { payload }),
    })
    return { status: response.statusCode, body: response.json() }
  }
  return { app, rig, ask }
}

describe('/api/index', () => {
  test('has the events of a query, page by page, in the order of host and service', async () => {
    const { ask } = await hub()
    const { status, body } = await ask(`GET /api/index?query=${encodeURIComponent('metric > 5')}&limit=2`)
    expect([status, body.next]).toEqual([200, 2])
    expect(body.events.map(({ host, service }: Record<string, string>) => `${host} ${service}`)).toEqual([
      'db-1 cpu',
      'db-2 disk',
    ])
    const rest = (await ask(`GET /api/index?query=${encodeURIComponent('metric > 5')}&limit=2&offset=2`)).body
    expect([rest.events.length, rest.events[0].host, rest.next]).toEqual([1, 'web-1', null])
  })

  test('has an event as it is', async () => {
    const { ask, rig } = await hub()
    const { body } = await ask(`GET /api/index?query=${encodeURIComponent('tagged "db"')}`)
    expect(body).toEqual({
      events: [
        {
          ...{ host: 'db-1', service: 'disk', state: null, description: null, metric: 4, ttl: null },
          ...{ time: rig.wall.now(), tags: ['db'], attributes: { rack: 'r1' } },
        },
      ],
      next: null,
    })
  })

  test('counts, orders and limits as the query says', async () => {
    const { ask } = await hub()
    const { body } = await ask(
      `GET /api/index?query=${encodeURIComponent('true order by metric desc limit 2')}`,
    )
    expect(body.events.map(({ metric }: { metric: number }) => metric)).toEqual([90, 70])
    const counted = await ask(`GET /api/index?query=${encodeURIComponent('service = "disk" count')}`)
    expect(counted.body.events[0].metric).toBe(3)
  })

  test.each([
    ['query=state%20%3D', 'column 8'],
    ['limit=0', 'limit: '],
    ['limit=10001', 'limit: '],
    ['limit=many', 'limit: takes a whole number'],
    ['offset=-1', 'offset: '],
    ['qeury=true', 'qeury'],
    ['query=a&query=b', 'query: '],
  ])('refuses %s', async (query, problem) => {
    const { ask } = await hub()
    expect(await ask(`GET /api/index?${query}`)).toEqual({
      status: 400,
      body: { error: expect.stringContaining(problem) },
    })
  })
})

describe('alerts and silences', () => {
  const alerts = async (ask: Awaited<ReturnType<typeof hub>>['ask']) => (await ask('GET /api/alerts')).body

  test('an alert is acknowledged, and given back', async () => {
    const { ask } = await hub()
    const [first, second] = await alerts(ask)
    expect([first.host, first.acknowledged, second.host]).toEqual(['db-1', null, 'db-2'])
    expect(await ask(`POST /api/alerts/${first.id}/acknowledge`, { ...kim, for: '2h' })).toEqual({
      status: 200,
      body: { ok: true, said: 'acknowledged by kim' },
    })
    expect((await alerts(ask))[0].acknowledged).toEqual({ ...kim, until: expect.any(Number) })
    expect((await ask(`POST /api/alerts/${first.id}/unacknowledge`)).status).toBe(200)
    expect((await alerts(ask))[0].acknowledged).toBeNull()
  })

  test('a silence is made, shown with what it holds back, and ended', async () => {
    const { ask, rig } = await hub()
    const made = await ask('POST /api/silences', { match: { host: 'db-3' }, ...kim, for: '1h' })
    expect(made).toEqual({ status: 200, body: { ok: true, said: 'silenced', id: expect.any(String) } })
    rig.send([{ host: 'db-3', service: 'disk', metric: 1 }])
    await expect.poll(() => rig.hub.fold.book.size).toBe(3)
    // Whether somebody is told of an alert is decided a little later.
    await rig.pass(60_000)
    await expect.poll(() => rig.hub.busy).toBe(false)
    const [silence] = (await ask('GET /api/silences')).body
    expect(silence).toMatchObject({
      id: made.body.id,
      match: { host: 'db-3' },
      holds: ['db-3: disk is full'],
    })
    expect((await ask(`DELETE /api/silences/${made.body.id}`)).status).toBe(200)
    expect((await ask('GET /api/silences')).body).toEqual([])
  })

  test.each([
    ['POST /api/alerts/nowhere/acknowledge', kim, 404, "no alert 'nowhere' is open"],
    ['POST /api/alerts/nowhere/unacknowledge', undefined, 404, "no alert 'nowhere' is open"],
    ['DELETE /api/silences/s-99', undefined, 404, "there is no silence 's-99'"],
    ['POST /api/alerts/a/acknowledge', { who: 'kim' }, 400, 'why: '],
    ['POST /api/alerts/a/acknowledge', undefined, 400, 'the body: '],
    ['POST /api/alerts/a/acknowledge', { ...kim, for: 'long' }, 400, "'30m'"],
    ['POST /api/alerts/a/acknowledge', { ...kim, until: 'late' }, 400, 'until'],
    ['POST /api/alerts/a/acknowledge', { ...kim, why: '' }, 400, 'why: '],
    ['POST /api/silences', { match: {}, ...kim }, 400, 'name a rule, a host'],
    ['POST /api/silences', { match: { hots: 'a' }, ...kim }, 400, 'match: '],
  ])('%s with %j is refused: %s', async (line, payload, status, error) => {
    const { ask, rig } = await hub()
    const before = rig.journal.next
    expect(await ask(line, payload)).toEqual({ status, body: { error: expect.stringContaining(error) } })
    expect(rig.journal.next - before).toBe(status === 404 ? 1 : 0)
  })

  test('what is no JSON, too long, or from another page is refused', async () => {
    const { app } = await hub()
    const post = (payload: string, headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/silences', headers: { ...local, ...headers }, payload })
    const json = { 'content-type': 'application/json' }
    expect((await post('{', json)).statusCode).toBe(400)
    expect((await post(JSON.stringify({ why: 'x'.repeat(70_000) }), json)).statusCode).toBe(413)
    expect((await post('{}', { ...json, origin: 'http://evil.example' })).statusCode).toBe(403)
    expect((await post('{}', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode).toBe(415)
  })
})

test('rules have their place and counters; explain tells what they hold', async () => {
  const { ask } = await hub()
  const { body } = await ask('GET /api/rules')
  expect(body).toEqual([
    expect.objectContaining({ name: 'index', events: 4, errors: 0, alerts: 0 }),
    {
      ...{ name: 'disk full', events: 3, errors: 0, alerts: 2, volatile: false, destinations: ['ops'] },
      place: expect.stringMatching(/rest\.test\.ts:\d+$/),
    },
  ])
  const explained = (await ask('GET /api/explain?host=db-1&service=disk')).body
  expect(explained.rules.map(({ rule: name }: { rule: string }) => name)).toEqual(['index', 'disk full'])
  expect(explained.alerts[0].cause.event).toMatchObject({ host: 'db-1', metric: 4 })
})

test('a reload says what changed, or why nothing has', async () => {
  let broken = false
  const { ask } = await hub({
    reload: async () => {
      if (broken) throw new Error('config/weir.config.ts:3: no')
      return ['reload: nothing has changed']
    },
  })
  expect(await ask('POST /api/reload')).toEqual({
    status: 200,
    body: { lines: ['reload: nothing has changed'] },
  })
  broken = true
  expect(await ask('POST /api/reload')).toEqual({
    status: 409,
    body: { error: 'config/weir.config.ts:3: no' },
  })
})

describe('the document', () => {
  test('has every route but the files of the page, and no other', async () => {
    const { app } = await hub()
    const { body } = await app.inject({ url: '/api/openapi.json', headers: local })
    const { paths } = JSON.parse(body)
    const documented = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(documented.toSorted()).toEqual(routesOf(app).toSorted())
  })

  test('refers to nothing that it does not have, and describes each parameter of a path', async () => {
    const { app } = await hub()
    const { body } = await app.inject({ url: '/api/openapi.json', headers: local })
    expect(body).not.toContain('$ref')
    const { paths, openapi } = JSON.parse(body)
    expect(openapi).toBe('3.1.0')
    for (const [path, methods] of Object.entries<
      Record<string, { parameters?: { name: string; in: string }[] }>
    >(paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters = [] } of Object.values(methods))
        expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(named)
    }
  })
})

test('every answer that the document promises is given, and is as it says', async () => {
  const refuse = { reload: () => Promise.reject(new Error('no')) }
  const { ask, rig } = await hub()
  const broken = await hub(refuse)
  const [{ id }] = (await ask('GET /api/alerts')).body
  const dead = { id: 'm-1', destination: 'ops', at: 1, rule: 'disk full', items: [] }
  rig.outbox.add([dead])
  rig.outbox.dead({ id: 'm-1' }, { started: 1, ended: 2 }, 'no')
  const silence = { match: { host: 'x' }, ...kim }
  const given = [
    ['GET /api/index', 200, await ask('GET /api/index')],
    ['GET /api/index', 400, await ask('GET /api/index?limit=0')],
    ['DELETE /index', 200, await ask('DELETE /index?host=web-1')],
    ['DELETE /index', 400, await ask('DELETE /index')],
    ['GET /api/alerts', 200, await ask('GET /api/alerts')],
    ['GET /api/alerts', 400, await ask('GET /api/alerts?x=1')],
    ['POST /api/alerts/{id}/acknowledge', 200, await ask(`POST /api/alerts/${id}/acknowledge`, kim)],
    ['GET /api/alerts/{id}', 200, await ask(`GET /api/alerts/${id}`)],
    ['GET /api/alerts/{id}', 400, await ask(`GET /api/alerts/${id}?x=1`)],
    ['GET /api/alerts/{id}', 404, await ask('GET /api/alerts/x')],
    ['POST /api/alerts/{id}/acknowledge', 400, await ask(`POST /api/alerts/${id}/acknowledge`, {})],
    ['POST /api/alerts/{id}/acknowledge', 404, await ask('POST /api/alerts/x/acknowledge', kim)],
    ['POST /api/alerts/{id}/unacknowledge', 200, await ask(`POST /api/alerts/${id}/unacknowledge`)],
    ['POST /api/alerts/{id}/unacknowledge', 400, await ask(`POST /api/alerts/${id}/unacknowledge?x=1`)],
    ['POST /api/alerts/{id}/unacknowledge', 404, await ask('POST /api/alerts/x/unacknowledge')],
    ['POST /api/silences', 200, await ask('POST /api/silences', silence)],
    ['GET /api/silences', 200, await ask('GET /api/silences')],
    ['GET /api/silences', 400, await ask('GET /api/silences?x=1')],
    ['POST /api/silences', 400, await ask('POST /api/silences', {})],
    [
      'DELETE /api/silences/{id}',
      200,
      await ask(`DELETE /api/silences/${(await ask('GET /api/silences')).body[0].id}`),
    ],
    ['DELETE /api/silences/{id}', 400, await ask('DELETE /api/silences/x?y=1')],
    ['DELETE /api/silences/{id}', 404, await ask('DELETE /api/silences/x')],
    ['GET /api/rules', 200, await ask('GET /api/rules')],
    ['GET /api/rules', 400, await ask('GET /api/rules?x=1')],
    ['GET /api/explain', 200, await ask('GET /api/explain?host=db-1&service=disk')],
    ['GET /api/explain', 400, await ask('GET /api/explain?host=db-1')],
    ['POST /api/reload', 200, await ask('POST /api/reload')],
    ['POST /api/reload', 400, await ask('POST /api/reload?x=1')],
    ['POST /api/reload', 409, await broken.ask('POST /api/reload')],
    ['GET /api/log', 200, await ask('GET /api/log?limit=10')],
    ['GET /api/log', 400, await ask('GET /api/log?limit=ten')],
    ['GET /api/outbox', 200, await ask('GET /api/outbox')],
    ['GET /api/outbox', 400, await ask('GET /api/outbox?x=1')],
    ['POST /api/outbox/retry', 200, await ask('POST /api/outbox/retry', { destination: 'ops' })],
    ['POST /api/outbox/retry', 400, await ask('POST /api/outbox/retry', {})],
  ] as const
  const { hub: of, db, outbox, wall } = rig
  const endpoints = endpointsOf({ hub: of, db, outbox, wall, tryNow: () => {}, reload: async () => [] })
  for (const [what, status, answer] of given) {
    const [method, path] = what.split(' ')
    const endpoint = endpoints.find((each) => each.method === method && each.path === path)
    expect(`${what} ${answer.status}`, JSON.stringify(answer.body)).toBe(`${what} ${status}`)
    const schema = status === 200 ? endpoint?.answer : refusalSchema
    expect(strict(schema ?? z.never()).safeParse(answer.body).error, what).toBeUndefined()
  }
  // A hub that can't record, one with all its silences, and one that is asked too much: command.test.ts, outcomes below.
  const rare = (status: string) => status === '503' || status === '409'
  const promised = endpoints.flatMap(({ method, path, refusals }) =>
    ['200', ...Object.keys(refusals).filter((status) => !rare(status))].map(
      (status) => `${method} ${path} ${status}`,
    ),
  )
  const tried = given.map(([what, status]) => `${what} ${status}`)
  expect(promised.filter((each) => !tried.includes(each))).toEqual([])
})

test('the other answers in JSON are as the document says', async () => {
  const { ask } = await hub()
  const posted = [await ask('POST /events', { host: 'a' }), await ask('POST /events', { metric: 'x' })]
  expect(posted.map(({ status }) => status)).toEqual([200, 400])
  for (const { body } of posted) expect(intakeSchema.strict().safeParse(body).error).toBeUndefined()
  expect(healthSchema.strict().safeParse((await ask('GET /healthz')).body).error).toBeUndefined()
})

test('a hub that stops answers commands with 503', async () => {
  const { ask, rig } = await hub()
  await rig.hub.stop()
  expect(await ask('POST /api/silences', { match: { host: 'x' }, ...kim })).toEqual({
    status: 503,
    body: { error: 'the hub is stopping' },
  })
})

/** The schema without members that it does not name. */
function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.strict() : schema
}

/** The routes of the application, as the document writes them. */
function routesOf(app: FastifyInstance): readonly string[] {
  const above: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^(.*)── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
      const depth = indent.length / 4
      above.splice(Math.floor(depth), above.length, part)
      const path = above.join('')
      if (methods === '' || path === '/' || path.includes('*')) return []
      return methods
        .split(', ')
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    })
}
