/** Since the start, for one destination. */
export interface DeliveryCounters {
  attempts: number
  sent: number
  retried: number
  dead: number
  /** How often the destination was found broken. */
  paused: number
  /** Messages that were folded into others. */
  folded: number
}

/** What outlives the worker of a destination when another one takes its place, such as at a reload. */
export interface WorkerLegacy {
  readonly counters: DeliveryCounters
  /** Microseconds: until then our pace, and the receiver's Retry-After, hold for whatever message comes next. */
  pacedUntil: number
  askedUntil: number
  /** When the last attempt ended, in microseconds. */
  ended: number
}

/** What a destination's first worker begins with. */
export function noLegacy(): WorkerLegacy {
  const counters = { attempts: 0, sent: 0, retried: 0, dead: 0, paused: 0, folded: 0 }
  return { counters, pacedUntil: 0, askedUntil: 0, ended: 0 }
}
