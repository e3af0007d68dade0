import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { LogicalClock } from '../../clock/logical.ts'
import { Index } from '../../index/index.ts'
import { wantedOf } from './wanted.ts'

function indexOf(...keys: readonly (readonly [string, string])[]): Index {
  const index = new Index({ clock: new LogicalClock(), expired: () => {}, refused: () => {} })
  for (const [host, service] of keys) index.insert(makeEvent({ time: 0, host, service }))
  return index
}

const index = indexOf(['a', 'x'], ['a', 'y'], ['b', 'x'])
const ask = (path: string, query: string) => wantedOf(`${path}?query=${encodeURIComponent(query)}`, index)
const names = (query: string) =>
  [...(ask('/index', query).entries ?? [])]
    .filter((entry) => entry !== undefined && ask('/index', query).matches(entry.event))
    .map((entry) => `${entry?.event.host} ${entry?.event.service}`)
    .toSorted()

describe('what an address asks for', () => {
  test.each([
    ['/index?query=true&subscribe=true', 'index', true],
    ['/index/?subscribe=true', 'index', true],
    ['/index?subscribe=yes', 'index', false],
    ['/index', 'index', false],
    ['/pubsub/slow%20requests', 'slow requests', true],
    ['/pubsub/a%2Fb/?query=true', 'a/b', true],
    ['/pubsub/index', 'index', true],
  ])('%s', (url, topic, follow) => {
    const wanted = wantedOf(url, index)
    expect([wanted.topic, wanted.follow, wanted.entries !== undefined]).toEqual([
      topic,
      follow,
      url.startsWith('/index'),
    ])
  })

  test.each([
    ['/index', false],
    ['/index?left=false', false],
    ['/index?left=true', true],
    ['/pubsub/index?left=true', true],
  ])('%s asks for what leaves: %s', (url, left) => {
    expect(wantedOf(url, index).left).toBe(left)
  })

  test.each([
    ['/index?left=yes', "left is true or false, not 'yes'"],
    ['/index?left', "left is true or false, not ''"],
    ['/pubsub/news?left=true', "nothing leaves the topic 'news'; left=true goes with /index"],
  ])('%s is refused', (url, problem) => {
    expect(() => wantedOf(url, index)).toThrow(problem)
  })

  test('server-sent events go on unless it says otherwise', () => {
    expect(wantedOf('/index', index, true).follow).toBe(true)
    expect(wantedOf('/index?subscribe=false', index, true).follow).toBe(false)
  })

  test.each(['host = "a"', 'service = "x"', 'host = "b" and service = "x"', 'service =~ "%x"', 'host = nil'])(
    'the entries of %s are all that match',
    (query) => {
      const all = [...index.entries()].filter(({ event }) => ask('/index', query).matches(event))
      expect(names(query)).toEqual(all.map(({ event }) => `${event.host} ${event.service}`).toSorted())
    },
  )

  test('a query that names the host concerns that host alone', () => {
    expect(ask('/index', 'metric > 1 and host = "a"').host).toEqual({ value: 'a' })
    expect(ask('/index', 'metric > 1 or host = "a"').host).toBeUndefined()
  })
})

test('an entry that leaves while the others are walked is not told, and those behind it are', () => {
  const walked = indexOf(['a', 'x'], ['b', 'x'], ['c', 'x'], ['d', 'x'])
  const entries = wantedOf(`/index?query=${encodeURIComponent('service = "x"')}`, walked).entries ?? []
  const told: (string | undefined)[] = []
  for (const entry of entries) {
    told.push(entry?.event.host)
    if (told.length === 1) for (const host of ['d', 'c', 'b']) walked.forget(host)
  }
  expect(told.filter((host) => host !== undefined)).toEqual(['d', 'a'])
})

test('any address is understood, or refused with a reason', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('/index', '/pubsub/', '/pubsub/x'),
      fc.string({ unit: 'binary' }),
      (path, rest) => {
        try {
          wantedOf(`${path}${rest}`, index)
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^WEIR_(QUERY_INVALID|SUBSCRIPTION)$/) })
        }
      },
    ),
  )
})
