/** What went wrong, for programs; the message tells people, and names the hub's address or the field concerned. */
export type ClientErrorCode =
  /** No connection came about. */
  | 'connect-failed'
  /** The connection ended before the answer: the events may have arrived or not. */
  | 'connection-lost'
  /** No answer in time, or before the client was closed: the events may have arrived or not. */
  | 'timeout'
  /** The hub answered `ok: false`; the message has its reason. */
  | 'refused'
  /** The hub's rules have seen the events, and its journal could not take them: after a restart it will not know them. */
  | 'not-recorded'
  /** The hub answered with something that is no answer; the connection was closed. */
  | 'bad-answer'
  /** The message is larger than the transport carries; nothing was sent. */
  | 'too-large'
  /** The queue was full; nothing was sent. */
  | 'overloaded'
  /** The client was closed before; nothing was sent. */
  | 'closed'
  /** An event has a field of a wrong type; nothing was sent. */
  | 'invalid-event'
  /** The machine did not take the datagram. */
  | 'send-failed'
  /** An option is wrong. */
  | 'invalid-option'
  /** The transport does not bring that. */
  | 'not-supported'

/** The one error that a client rejects with. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientErrorCode
  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The short name of a system error (`ECONNREFUSED`), else its text. */
export function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
