import { describe, expect, test } from 'vitest'
import { isLoopback, splitAddress } from '../address.ts'
import { refusalOf } from './access.ts'

test.each([
  ['127.0.0.1:5555', '127.0.0.1', 5555],
  ['[::1]:0', '::1', 0],
  ['hub.example:80', 'hub.example', 80],
])('%s', (address, host, port) => {
  expect(splitAddress(address)).toEqual({ host, port })
})

test.each([
  ['127.0.0.1', true],
  ['127.9.8.7', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['127.evil.example', false],
  ['localhost.example', false],
])('%s is on loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

describe('a listener on loopback', () => {
  test.each([
    ['localhost', undefined, undefined],
    ['localhost:5556', undefined, undefined],
    ['LOCALHOST:5556', 'http://localhost:5556', undefined],
    ['127.0.0.1:5556', 'http://127.0.0.1:5556', undefined],
    ['[::1]:5556', 'http://[::1]:5556', undefined],
    ['[::1]', undefined, undefined],
    [undefined, undefined, 'foreign-host'],
    ['', undefined, 'foreign-host'],
    ['evil.example', undefined, 'foreign-host'],
    ['evil.example:5556', 'http://evil.example:5556', 'foreign-host'],
    ['localhost.evil.example:5556', undefined, 'foreign-host'],
    ['evil.example@localhost', undefined, 'foreign-host'],
    ['evil.example/localhost', undefined, 'foreign-host'],
    ['127.0.0.1:99999', undefined, 'foreign-host'],
    ['192.168.0.1:5556', undefined, 'foreign-host'],
    ['localhost:5556', 'http://evil.example', 'foreign-origin'],
    ['localhost:5556', 'http://localhost:3000', 'foreign-origin'],
    ['localhost:5556', 'http://127.0.0.1:5556', 'foreign-origin'],
    ['localhost:5556', 'null', 'foreign-origin'],
    ['localhost:5556', '', 'foreign-origin'],
  ])('Host %s, Origin %s: %s', (host, origin, refusal) => {
    expect(refusalOf({ host, origin }, undefined)).toBe(refusal)
  })
})

describe('a listener with a token', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  test.each([
    ['Bearer s3cret', undefined],
    ['bearer   s3cret', undefined],
    [basic('anybody:s3cret'), undefined],
    [basic(':s3cret'), undefined],
    [undefined, 'no-token'],
    ['', 'no-token'],
    ['Bearer', 'no-token'],
    ['Bearer s3cre', 'no-token'],
    ['Bearer s3cret2', 'no-token'],
    ['s3cret', 'no-token'],
    [basic('s3cret:'), 'no-token'],
    [basic('a:b:s3cret'), 'no-token'],
    ['Basic %%%', 'no-token'],
  ])('%s: %s', (authorization, refusal) => {
    expect(refusalOf({ host: 'hub.example', authorization }, 's3cret')).toBe(refusal)
  })

  test('answers no foreign page, even with it', () => {
    const headers = { host: 'hub.example:5557', authorization: 'Bearer s3cret' }
    expect(refusalOf({ ...headers, origin: 'https://hub.example:5557' }, 's3cret')).toBeUndefined()
    expect(refusalOf({ ...headers, origin: 'https://evil.example' }, 's3cret')).toBe('foreign-origin')
  })
})
