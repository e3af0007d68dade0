import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { messageOf } from '../../errors.ts'

const LENGTH = 32

/**
 * The secret in this file, which only its owner may read; made where it is missing. Where it can be neither read nor
 * made, one that holds until the next start, and a line in the log.
 */
export function signingSecret(path: string, log: (line: string) => void): Uint8Array {
  try {
    const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
    if (secret.length >= LENGTH) return secret
    log(
      `${path}: is no secret of ${LENGTH} bytes in hexadecimal; links to acknowledge hold until the next start`,
    )
    return randomBytes(LENGTH)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return missing ? made(path, log) : notKept(path, error, log)
  }
}

function made(path: string, log: (line: string) => void): Uint8Array {
  const secret = randomBytes(LENGTH)
  try {
    writeFileSync(path, `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    return secret
  } catch (error) {
    return notKept(path, error, log)
  }
}

function notKept(path: string, error: unknown, log: (line: string) => void): Uint8Array {
  log(`${path}: ${messageOf(error)}; links to acknowledge hold until the next start`)
  return randomBytes(LENGTH)
}
