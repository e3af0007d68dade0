/** The ways by which events come in; bounded, they label the metrics. */
export type Transport = 'tcp' | 'tls' | 'udp' | 'collectd' | 'http' | 'sampler' | 'self'

/**
 * What became of a message: accepted (journaled and passed through the rules), or not, and why. `msg`, where it asked
 * something: the message that answers it, in protobuf.
 */
export type Outcome =
  | { readonly ok: true; readonly msg?: Uint8Array }
  | { readonly ok: false; readonly error: string }

/**
 * Where every input hands its messages in; the hub behind it.
 *
 * A message is a Riemann Msg in protobuf: as it came, or encoded by the input (`encodeMsg`) from what it mapped.
 * The hub decodes it (throwing ProtocolError at once where that fails: nothing was accepted, `done` is not called),
 * journals it, passes its events through the rules, and then calls `done`, in the order of the submissions; where it
 * asks something, later, when that is answered. Without `done` nothing is asked. With `hosts`, a message with an event
 * of another host is refused: that throws ProtocolError, too.
 */
export interface Intake {
  submit(
    transport: Transport,
    msg: Uint8Array,
    done?: (outcome: Outcome) => void,
    hosts?: ReadonlySet<string>,
  ): void
  /** Counts something that an input refused or dropped, for `weir_rejected_total{transport,reason}`. `reason` must be one of a bounded set. */
  rejected(transport: Transport, reason: string): void
  /** Now: integer microseconds, for mapped events that carry no time of their own. */
  now(): number
}
