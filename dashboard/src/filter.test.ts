import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Row } from 'weir-hub/live'
import { fieldOf, matches, parseFilter, searchable, withField } from './filter.ts'

const disk: Row = {
  host: 'db-1.example',
  service: 'df-root/percent_bytes-free',
  state: 'ok',
  shown: 'critical',
  metric: 4,
  description: 'Disk almost Full',
  tags: ['collectd', 'Storage'],
  attributes: {},
  time: 0,
  arrival: 0,
  ttl: 20,
}
const nameless: Row = {
  ...disk,
  host: null,
  service: '',
  state: null,
  shown: null,
  description: null,
  tags: [],
}

const finds = (filter: string, row: Row) => matches(parseFilter(filter), searchable(row))

describe('a filter finds the full disk of db-1', () => {
  test.each([
    ['', true],
    ['   ', true],
    ['db-1', true],
    ['DB-1 percent', true],
    ['db-1 web', false],
    ['almost full', true],
    ['"almost full"', true],
    ['"full almost"', false],
    ['"almost fu', true],
    ['storage', true],
    ['host:db', true],
    ['host:root', false],
    ['HOST:DB', true],
    ['host:"db-1.example"', true],
    ['host:"db-1"', false],
    ['service:root', true],
    ['state:critical', true],
    ['state:ok', true],
    ['state:crit', true],
    ['state:"crit"', false],
    ['state:warning', false],
    ['tag:stor', true],
    ['tag:"stor"', false],
    ['tag:disk', false],
    ['description:"disk almost full"', true],
    ['state:critical tag:storage host:db', true],
    ['state:critical tag:storage host:web', false],
    ['host:', true],
    ['host: db', true],
    ['other:db', false],
    ['""', true],
    ['host:""', false],
  ])('%s: %s', (filter, found) => {
    expect(finds(filter, disk)).toBe(found)
  })
})

test.each([
  ['host:""', true],
  ['service:""', true],
  ['state:none', true],
  ['state:ok', false],
  ['tag:""', false],
])('%s finds what has no name and no state: %s', (filter, found) => {
  expect(finds(filter, nameless)).toBe(found)
})

test('a state that the page does not know is found as itself and as other', () => {
  const row = { ...disk, state: 'Rebooting', shown: 'Rebooting' }
  expect([finds('state:rebooting', row), finds('state:other', row), finds('state:critical', row)]).toEqual([
    true,
    true,
    false,
  ])
})

test('words do not match across fields', () => {
  expect(finds('"example df"', disk)).toBe(false)
})

test.each([
  ['', 'web-1', 'host:"web-1"'],
  ['disk', 'web-1', 'disk host:"web-1"'],
  ['host:db disk host:web', 'web-1', 'disk host:"web-1"'],
  ['HOST:"a b" "disk full"', 'web-1', '"disk full" host:"web-1"'],
  ['host: disk', 'web-1', 'disk host:"web-1"'],
  ['state:critical host:"web-1"', undefined, 'state:critical'],
  ['', '', 'host:""'],
  ['disk', 'the "big one"', 'disk host:the'],
  ['disk', '"', 'disk'],
])('%j, with the host %j, becomes %j', (filter, host, changed) => {
  expect(withField(filter, 'host', host)).toBe(changed)
})

test.each([
  ['host:"Web-1"', 'web-1'],
  ['disk host:"web-1" state:ok', 'web-1'],
  ['host:""', ''],
  ['host:web', undefined],
  ['host:"web-1" host:"web-2"', undefined],
  ['disk', undefined],
])('%s wants the host %j', (filter, host) => {
  expect(fieldOf(parseFilter(filter), 'host')).toBe(host)
})

test('whatever a host is called, filtering by it finds its rows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (host) =>
      finds(withField('state:none', 'host', host), { ...nameless, host }),
    ),
  )
})

test('no filter throws', () => {
  fc.assert(fc.property(fc.string(), (filter) => typeof finds(filter, disk) === 'boolean'))
})
