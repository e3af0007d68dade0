import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { MAX_FRAME } from 'weir-protocol'
import { messageOf, WeirError } from '../errors.ts'

/** The largest body taken, in bytes, as sent and unpacked: 16 MiB, as of a frame over TCP. */
export const MAX_BODY = MAX_FRAME

/** `WEIR_BODY_TOO_LARGE` for a body above MAX_BODY. */
export function bodyTooLarge(): WeirError {
  return new WeirError('WEIR_BODY_TOO_LARGE', { limit: `${MAX_BODY / 2 ** 20} MiB` })
}

const unpack = promisify(gunzip)

/**
 * The text of a body: unpacked where `encoding` (Content-Encoding) is gzip. Invalid UTF-8 becomes U+FFFD.
 *
 * @throws {WeirError} WEIR_BODY_TOO_LARGE where it unpacks to more than MAX_BODY, of which no more is held;
 * WEIR_BODY_ENCODING where it can't be unpacked.
 */
export async function textOf(body: Buffer, encoding = 'identity'): Promise<string> {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return decode(body)
    case 'gzip':
    case 'x-gzip':
      return decode(await unpackGzip(body))
    default:
      throw new WeirError('WEIR_BODY_ENCODING', { problem: `Content-Encoding '${encoding}' is not known` })
  }
}

async function unpackGzip(body: Buffer): Promise<Buffer> {
  try {
    return await unpack(body, { maxOutputLength: MAX_BODY })
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE')
      throw bodyTooLarge()
    throw new WeirError('WEIR_BODY_ENCODING', { problem: messageOf(thrown) }, { cause: thrown })
  }
}

function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body)
}
