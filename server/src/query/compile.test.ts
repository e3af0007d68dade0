import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { compileQuery } from './compile.ts'

/** The events of the table, each named by what is particular about it. */
const EVENTS = {
  full: makeEvent({
    ...{ host: 'db-1', service: 'disk /var', state: 'ok', metric: 12, ttl: 60, time: 1_000_500_000 },
    ...{
      tags: ['db', 'eu'],
      attributes: Object.assign(Object.create(null), { rack: 'r1', n: '5' }),
      description: 'two\nlines',
    },
  }),
  negative: makeEvent({
    host: 'web-1',
    service: 'http req',
    state: 'critical',
    metric: -3.5,
    time: 2_000_000_000,
  }),
  same: makeEvent({ host: 'x', service: 'x', state: '', metric: 0, time: 0 }),
  bare: makeEvent({ time: 0 }),
}
const everything = Object.keys(EVENTS)

describe('matches', () => {
  test.each([
    ['true', everything],
    ['nil', []],
    ['0', everything],
    ['metric', ['full', 'negative', 'same']],
    ['not metric', ['bare']],
    ['host = "db-1"', ['full']],
    ['"db-1" = host', ['full']],
    ['host = nil', ['bare']],
    ['host = service', ['same', 'bare']],
    ['host != "db-1"', ['negative', 'same', 'bare']],
    ['metric = 12', ['full']],
    ['metric = 12.0', ['full']],
    ['ttl = 60', ['full']],
    ['metric = "12"', []],
    ['n = 5', []],
    ['n = "5"', ['full']],
    ['n > 4', []],
    ['rack', ['full']],
    ['metric > -4', ['full', 'negative', 'same']],
    ['metric >= 12', ['full']],
    ['metric < 0', ['negative']],
    ['metric <= -3.5', ['negative']],
    ['metric < NaN', []],
    ['metric = NaN', []],
    ['not metric < 1', ['full', 'bare']],
    ['time = 1000.5', ['full']],
    ['time > 1e3', ['full', 'negative']],
    ['tags', ['full']],
    ['tags = nil', ['negative', 'same', 'bare']],
    ['tags = "db"', []],
    ['tagged "eu"', ['full']],
    ['not tagged "eu"', ['negative', 'same', 'bare']],
    ['service =~ "disk%"', ['full']],
    ['service =~ "%r%"', ['full', 'negative']],
    ['service =~ "disk"', []],
    ['state =~ ""', ['same']],
    ['description =~ "two%"', []],
    ['description =~ "%"', []],
    ['description =~ "two\\nli%"', ['full']],
    ['host =~ "%-%-%"', []],
    ['metric =~ "%"', []],
    ['service ~= "d.sk|q$"', ['full', 'negative']],
    ['service ~= "(?i)HTTP"', ['negative']],
    ['metric ~= "."', []],
    ['"abc" ~= "b"', everything],
    ['host = "db-1" and state = "ok" or metric = 0', ['full', 'same']],
    ['not (host = "db-1" or host = "web-1")', ['same', 'bare']],
    ['constructor', []],
    ['metric_f', []],
  ])('%s', (query, matching) => {
    const { matches } = compileQuery(query)
    const found = Object.entries(EVENTS).filter(([, event]) => matches(event))
    expect(found.map(([name]) => name)).toEqual(matching)
  })
})

describe('the plan', () => {
  test.each([
    ['host = "a" and service = "b"', { host: 'a', service: 'b' }, 0, 0, 0],
    ['"a" = host and metric > 1', { host: 'a' }, 0, 0, 1],
    ['host = nil', { host: undefined }, 0, 0, 0],
    ['service = "b" and (host =~ "web%" or host =~ "db%")', { service: 'b' }, 1, 0, 0],
    ['service =~ "http %" and not service = "http x" and state = "ok"', {}, 0, 2, 1],
    ['host = service and service = "a"', { service: 'a' }, 0, 0, 1],
    ['host = 5', {}, 1, 0, 0],
    ['host = "a" or service = "b"', {}, 0, 0, 1],
    ['true', {}, 0, 0, 1],
    ['(host = "a" and service = "b") and tagged "c"', { host: 'a', service: 'b' }, 0, 0, 1],
  ])('%s', (query, exact, hosts, services, rest) => {
    const { plan } = compileQuery(query)
    const named = Object.entries(plan.exact).map(([field, { value }]) => [field, value])
    expect(Object.fromEntries(named)).toEqual(exact)
    expect([plan.onlyOf.host.length, plan.onlyOf.service.length, plan.rest.length]).toEqual([
      hosts,
      services,
      rest,
    ])
    expect(plan.nothing).toBe(false)
  })

  test('two hosts at once are nothing', () => {
    expect(compileQuery('host = "a" and host = "b"').plan.nothing).toBe(true)
    expect(compileQuery('host = "a" and host = "a"').plan.nothing).toBe(false)
  })
})
