import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { needs, run, runToEnd, scratch } from './processes.ts'

const script = fileURLToPath(new URL('../../stunnel/make-certificates.sh', import.meta.url))

needs('openssl', '/usr/bin/openssl')('make-certificates.sh', () => {
  const make = (out: string, ...args: string[]) => runToEnd(script, ['--out', out, ...args])
  const refused = async (out: string, ...args: string[]) => {
    const made = run(script, ['--out', out, ...args])
    const { code } = await made.exit
    return `${code}: ${made.output()}`
  }
  const told = (out: string, file: string, ...what: string[]) =>
    runToEnd('/usr/bin/openssl', ['x509', '-noout', '-in', join(out, file), ...what])
  const mode = async (out: string, file: string) => ((await stat(join(out, file))).mode & 0o777).toString(8)

  test('makes an authority, a hub and hosts that it signed', async () => {
    const out = await scratch()
    await make(out, 'hub', 'hub.example', '127.0.0.1', '::1')
    await make(out, 'host', 'web-1', 'db-1.example')
    for (const [file, purpose] of [
      ['hub', 'sslserver'],
      ['hosts/web-1', 'sslclient'],
      ['hosts/db-1.example', 'sslclient'],
    ] as const) {
      const chain = ['-purpose', purpose, '-CAfile', join(out, file, 'ca.pem'), join(out, file, 'cert.pem')]
      expect(await runToEnd('/usr/bin/openssl', ['verify', ...chain])).toMatch(/: OK\n$/)
    }
    expect(await told(out, 'hub/cert.pem', '-ext', 'subjectAltName')).toMatch(
      /DNS:hub\.example, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1\n/,
    )
  })

  test('lets nobody else read a key', async () => {
    const out = await scratch()
    await make(out, 'hub', 'hub.example')
    expect(
      await Promise.all(['ca/key.pem', 'hub/key.pem', 'hub/cert.pem'].map((file) => mode(out, file))),
    ).toEqual(['600', '600', '644'])
  })

  test('replaces a certificate only when told to, and the authority never', async () => {
    const out = await scratch()
    await make(out, 'host', 'web-1')
    const before = await readFile(join(out, 'hosts/web-1/cert.pem'), 'utf8')
    const authority = await readFile(join(out, 'ca/cert.pem'), 'utf8')
    expect(await refused(out, 'host', 'web-1')).toMatch(
      /^1: .*web-1\/cert\.pem is already there: --renew replaces it/,
    )
    expect(await readFile(join(out, 'hosts/web-1/cert.pem'), 'utf8')).toBe(before)
    await make(out, '--renew', 'host', 'web-1')
    expect(await readFile(join(out, 'hosts/web-1/cert.pem'), 'utf8')).not.toBe(before)
    expect(await readFile(join(out, 'ca/cert.pem'), 'utf8')).toBe(authority)
  })

  test('makes no second authority when the key is kept elsewhere', async () => {
    const out = await scratch()
    await make(out, 'host', 'web-1')
    await rm(join(out, 'ca/key.pem'))
    expect(await refused(out, 'host', 'web-2')).toMatch(/^1: .*ca\/key\.pem is missing/)
  })

  test('makes certificates that last as long as asked', async () => {
    const out = await scratch()
    await make(out, '--days', '30', 'host', 'web-1')
    const day = 24 * 60 * 60
    await expect(told(out, 'hosts/web-1/cert.pem', '-checkend', String(29 * day))).resolves.toBeDefined()
    await expect(told(out, 'hosts/web-1/cert.pem', '-checkend', String(31 * day))).rejects.toThrow()
  })

  test.each([
    [['host', '../web-1'], 1, "'../web-1' is not a host name or address"],
    [['hub', 'a,DNS:b'], 1, "'a,DNS:b' is not a host name or address"],
    [['hub', '300.1.1.1'], 1, '300.1.1.1: '],
    [['--days', '0', 'host', 'a'], 1, '--days 0: not a number of days'],
    [['host'], 2, 'usage: '],
    [['guest', 'a'], 2, 'usage: '],
    [[], 2, 'usage: '],
  ])('%j is refused', async (args, code, answer) => {
    const refusal = await refused(await scratch(), ...args)
    expect(refusal).toMatch(new RegExp(`^${code}: `))
    expect(refusal).toContain(answer)
  })
})
