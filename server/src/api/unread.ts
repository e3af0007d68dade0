import type { Socket } from 'node:net'

/** Why a request could not be read; bounded, it labels a metric. */
export type Unread = 'head-too-large' | 'request-timeout' | 'bad-request'

interface Answer {
  readonly reason: Unread
  readonly status: string
  readonly error: string
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    reason: 'head-too-large',
    status: '431 Request Header Fields Too Large',
    error: 'address and headers have more than 16 KiB together; a longer query goes over TCP',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    reason: 'request-timeout',
    status: '408 Request Timeout',
    error: 'the request did not arrive in time',
  },
}

/** The peer is gone, or goes on sending the rest of a request that was refused: there is nothing to answer. */
const GONE = new Set(['ECONNRESET', 'EPIPE', 'HPE_CLOSED_CONNECTION', 'HPE_INVALID_EOF_STATE'])

/** Answers, in JSON, a request whose head can't be read, counts it, and closes its connection. */
export function answerUnread(
  { code = '' }: Error & { readonly code?: string },
  socket: Socket,
  rejected: (reason: Unread) => void,
): void {
  if (GONE.has(code) || socket.destroyed) {
    socket.destroy()
    return
  }
  const { reason, status, error } = ANSWERS[code] ?? {
    reason: 'bad-request',
    status: '400 Bad Request',
    error: 'this is no HTTP request',
  }
  rejected(reason)
  const body = JSON.stringify({ error })
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
  // Whoever keeps his side open would hold the connection for ever.
  if (socket.writable) socket.end(`${head}${body}`, () => socket.destroy())
  else socket.destroy()
}
