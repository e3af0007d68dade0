import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { FAILURES_A_MINUTE, Failures } from './failures.ts'
import { Keyring, SESSION_COOKIE, SESSION_SECONDS, secretIn } from './keyring.ts'
import { makeToken, readTokens, TokenFile, writeTokens } from './tokens.ts'

let dir: string
let now: number
const said: string[] = []
const path = () => join(dir, 'tokens.json')

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weir-keyring-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  now = 1_700_000_000_000_000
  said.length = 0
})

function keyring(fixed?: string): Keyring {
  const file = new TokenFile(path(), (line) => said.push(line))
  return new Keyring({ file, fixed, secret: secretIn(join(dir, 'session.key')), now: () => now })
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
const cookie = (value: string | undefined) => ({ cookie: `theme=dark; ${SESSION_COOKIE}=${value}` })

describe('tokens', () => {
  test('come, go and change while the hub runs', () => {
    const keys = keyring()
    expect(keys.isEmpty).toBe(true)
    const one = makeToken('grafana', ['read'], now)
    const two = makeToken('collectd', ['write'], now)
    writeTokens(path(), [one.token])
    expect([keys.grant(bearer(one.text))?.name, keys.grant(bearer(two.text))]).toEqual(['grafana', undefined])
    writeTokens(path(), [one.token, two.token])
    expect(keys.grant(bearer(two.text))).toMatchObject({ name: 'collectd', scopes: ['write'] })
    writeTokens(path(), [two.token])
    expect(keys.grant(bearer(one.text))).toBeUndefined()
  })

  test('are kept as hashes, for their owner alone', () => {
    const { text, token } = makeToken('grafana', ['read'], now)
    writeTokens(path(), [token])
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(readTokens(path()))).not.toContain(text)
    expect(text).toMatch(/^weir_[\w-]{43}$/)
  })

  test('of a file that is spoilt: those of before stay in force, and it is said once', () => {
    const keys = keyring()
    const { text, token } = makeToken('grafana', ['read'], now)
    writeTokens(path(), [token])
    expect(keys.grant(bearer(text))).toBeDefined()
    writeFileSync(path(), '{"version": 1, "tokens": [{}]}')
    expect([keys.grant(bearer(text))?.name, keys.grant(bearer(text))?.name]).toEqual(['grafana', 'grafana'])
    expect(said).toEqual([expect.stringContaining('the tokens of before stay in force')])
    expect(() => readTokens(path())).toThrow(/tokens\.json: .*tokens\[0\]\.id/s)
  })
})

describe('a login', () => {
  test('lasts twelve hours, and a restart', () => {
    const session = keyring('s3cret').login('s3cret')
    expect(keyring('s3cret').grant(cookie(session))?.name).toBe('WEIR_TOKEN')
    now += SESSION_SECONDS * 1e6
    expect(keyring('s3cret').grant(cookie(session))).toBeDefined()
    now += 1_000_000
    expect(keyring('s3cret').grant(cookie(session))).toBeUndefined()
  })

  test('ends with its token', () => {
    const { text, token } = makeToken('kim', ['read', 'operate'], now)
    writeTokens(path(), [token])
    const keys = keyring()
    const session = keys.login(text)
    expect(keys.grant(cookie(session))?.scopes).toEqual(['read', 'operate'])
    writeTokens(path(), [])
    expect(keys.grant(cookie(session))).toBeUndefined()
    expect(keyring('other').grant(cookie(keyring('s3cret').login('s3cret')))).toBeUndefined()
  })

  test('is none with a wrong token, or with a cookie that was changed', () => {
    const keys = keyring('s3cret')
    expect(keys.login('s3cre')).toBeUndefined()
    const session = keys.login('s3cret') ?? ''
    const [id = '', until = '', signature = ''] = session.split('.')
    for (const forged of [
      '',
      'x',
      `${id}.${Number(until) + 1}.${signature}`,
      `00000000.${until}.${signature}`,
      `${id}.${until}.${signature.slice(1)}A`,
      `${id}.${until}`,
    ])
      expect(keys.grant(cookie(forged))).toBeUndefined()
  })

  test('does not help a request with a wrong token', () => {
    const keys = keyring('s3cret')
    expect(keys.grant({ ...cookie(keys.login('s3cret')), ...bearer('wrong') })).toBeUndefined()
  })
})

test('who guesses has to wait until the minute is over', () => {
  const failures = new Failures(() => now)
  const tries = (count: number) => Array.from({ length: count }, () => failures.failed())
  expect(new Set(tries(FAILURES_A_MINUTE))).toEqual(new Set([0]))
  now += 15_000_000
  expect(tries(2)).toEqual([45, 45])
  now += 45_000_000
  expect(tries(1)).toEqual([0])
})
