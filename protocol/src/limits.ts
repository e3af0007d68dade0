/** The largest frame taken over TCP by default, in bytes: 16 MiB. Riemann has no such limit and buffers up to 2 GiB. */
export const MAX_FRAME = 16 * 1024 * 1024

/** The largest UDP datagram, in bytes: Riemann's receive buffer, above which it cuts off and then drops. */
export const MAX_DATAGRAM = 16_384

/**
 * The most events of one message. An empty event takes two bytes, so that MAX_FRAME alone would let one message
 * become eight million objects; senders batch by the hundred or thousand.
 */
export const MAX_EVENTS = 100_000

/** The longest ttl, in seconds (about 31 years); longer ones, infinity among them, are cut to it. */
export const MAX_TTL = 1_000_000_000
