/** Why bytes were not understood; bounded, so that it can label a metric. */
export type ProtocolReason =
  | 'frame-too-large'
  | 'bad-protobuf'
  | 'too-many-events'
  | 'datagram-too-large'
  | 'foreign-host'

/** The one error that decoding and framing throw. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly reason: ProtocolReason
  constructor(reason: ProtocolReason, message: string) {
    super(message)
    this.reason = reason
  }
}
