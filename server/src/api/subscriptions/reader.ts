/** Why a subscription ends: with a sentence for its reader, and a word that labels a metric. */
export interface End {
  readonly why: 'done' | 'slow' | 'silent' | 'overrun' | 'stopping'
  readonly said: string
}

/** Who subscribed: a websocket, or a response of server-sent events. */
export interface Reader {
  /** Bytes that were sent and that the network has not taken yet. */
  readonly buffered: number
  /** Sends events, each in JSON; `taken` is called once the network has taken them. */
  send(events: readonly Buffer[], taken: () => void): void
  /** A sign of life; false where the one before was not answered, and nothing was read since. */
  probe(): boolean
  /** Says why, and closes once all that was sent before is read. */
  close(end: End): void
  /** Closes at once. */
  destroy(): void
}
