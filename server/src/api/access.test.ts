import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isLoopback, splitAddress } from '../address.ts'
import { type Asked, refusalOf, scopeOf } from './access.ts'
import { Keyring } from './keyring.ts'
import { SCOPES, type Scope, type Token, TokenFile, tokenOf, writeTokens } from './tokens.ts'

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
    expect(refusalOf(asking('GET', '/', { host, origin }), undefined)).toBe(refusal)
  })
})

describe('a listener that asks for a token', () => {
  const file = new TokenFile('/nowhere/tokens.json', () => {})
  const keys = new Keyring({ file, fixed: 's3cret', secret: Buffer.alloc(32), now: () => 0 })
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
    [basic('s3cret'), 'no-token'],
    [basic('s3cret:'), 'no-token'],
    [basic('a:b:s3cret'), 'no-token'],
    ['Basic %%%', 'no-token'],
  ])('%s: %s', (authorization, refusal) => {
    expect(refusalOf(asking('GET', '/', { host: 'hub.example', authorization }), keys)).toBe(refusal)
  })

  test('answers no foreign page, even with it', () => {
    const headers = { host: 'hub.example:5557', authorization: 'Bearer s3cret' }
    const from = (origin: string) => refusalOf(asking('POST', '/events', { ...headers, origin }), keys)
    expect(from('https://hub.example:5557')).toBeUndefined()
    expect(from('https://evil.example')).toBe('foreign-origin')
  })

  test('lets nobody log in from a foreign page', () => {
    const headers = { host: 'hub.example', origin: 'https://evil.example' }
    expect(refusalOf(asking('POST', '/login', headers), keys)).toBe('foreign-origin')
  })
})

describe('what a token has to permit', () => {
  test.each<[string, string, Scope | undefined]>([
    ['GET', '/', 'read'],
    ['GET', '/metrics', 'read'],
    ['HEAD', '/healthz', 'read'],
    ['GET', '/index', 'read'],
    ['GET', '/events', 'read'],
    ['POST', '/events', 'write'],
    ['POST', '/events/', 'write'],
    ['POST', '/collectd', 'write'],
    ['DELETE', '/index', 'operate'],
    ['POST', '/api/silences', 'operate'],
    ['OPTIONS', '/', 'operate'],
    ['GET', '/login', undefined],
    ['POST', '/logout', undefined],
    ['GET', '/loginx', 'read'],
  ])('%s %s: %s', (method, path, scope) => {
    expect(scopeOf(asking(method, path, {}))).toBe(scope)
  })

  test('to send events over a websocket: write', () => {
    expect(scopeOf(asking('GET', '/events', { upgrade: 'websocket' }))).toBe('write')
    expect(scopeOf(asking('GET', '/live', { upgrade: 'websocket' }))).toBe('read')
  })

  test.each<[readonly Scope[], readonly (string | undefined)[]]>([
    [['read'], [undefined, 'no-scope', 'no-scope']],
    [['write'], ['no-scope', undefined, 'no-scope']],
    [['operate'], ['no-scope', 'no-scope', undefined]],
    [SCOPES, [undefined, undefined, undefined]],
  ])('one for %j', (scopes, expected) => {
    const keys = keyring({ tokens: [tokenOf('t0ken', 'x', scopes)] })
    const headers = { host: 'hub.example', authorization: 'Bearer t0ken' }
    expect(
      [
        asking('GET', '/', headers),
        asking('POST', '/events', headers),
        asking('POST', '/api/silences', headers),
      ].map((asked) => refusalOf(asked, keys)),
    ).toEqual(expected)
  })
})

function asking(method: string, path: string, headers: Asked['headers']): Asked {
  return { method, path, headers }
}

function keyring({ tokens }: { readonly tokens: readonly Token[] }): Keyring {
  const dir = mkdtempSync(join(tmpdir(), 'weir-access-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, 'tokens.json')
  writeTokens(path, tokens)
  const file = new TokenFile(path, () => {})
  return new Keyring({ file, fixed: undefined, secret: Buffer.alloc(32), now: () => 0 })
}
