import type { Wall } from '../clock/wall.ts'
import { type DeliveryLog, DeliveryWorker } from './delivery-worker.ts'
import type { DestinationHealth } from './destination-health.ts'
import type { DeliveryIo, Destination } from './notification.ts'
import type { Outbox } from './outbox.ts'
import { type DeliveryCounters, noLegacy, type WorkerLegacy } from './worker-legacy.ts'

/** What each destination's worker leaves behind, by the destination's name. */
export type Legacies = Map<string, WorkerLegacy>

export interface DeliveryOptions {
  readonly outbox: Outbox
  /** Each with a name of its own; the configuration sees to it. */
  readonly destinations: readonly Destination[]
  /** Paces attempts and times retries. */
  readonly wall: Wall
  /** Ends attempts that take too long. Default: `wall`; the machine's where that one is driven. */
  readonly timeouts?: Wall
  readonly fetch: typeof globalThis.fetch
  /** From 0 (inclusive) to 1 (exclusive): the jitter of the waits. */
  readonly random: () => number
  readonly log: DeliveryLog
  /** The address at which an alert can be acknowledged. Default: there is none. */
  readonly acknowledgeLink?: DeliveryIo['acknowledgeLink']
  /** Called each time it is recorded that a message was sent or given up. */
  readonly settled?: () => void
  /** Seconds after which an attempt without an answer is broken off and counts as failed. Default 10. */
  readonly timeout?: number
  /** Seconds after its first attempt at which a message that could not be delivered is given up. Default three days. */
  readonly giveUpAfter?: number
  /** What the workers of the delivery before this one left behind: pace and counters go on. Default: nothing. */
  readonly legacies?: Legacies
  /** Seconds that `stop` lets attempts in flight go on before it breaks them off. Default 3. */
  readonly stopWithin?: number
}

/** The running delivery. */
export interface OutboxDelivery {
  /** Says that messages were added; call it after the commit. */
  poke(): void
  /**
   * Resolves when all that can be told now has been told: no attempt is in flight, and what is still pending waits for
   * its retry. Waits for the pace of a destination.
   */
  idle(): Promise<void>
  /** Whether no attempt is in flight and none can begin before time goes on or `poke` is called. */
  readonly resting: boolean
  /** Resolves when it rests. */
  rest(): Promise<void>
  /**
   * Begins no further attempt, lets those in flight go on for `stopWithin`, then breaks them off. What was not
   * delivered stays pending and goes out after the next start. Afterwards the database is not touched any more.
   * `within` takes the place of `stopWithin`.
   */
  stop(within?: number): Promise<void>
  /**
   * Tries what is pending at once, for one destination or all of them: somebody has put it right, or made dead letters
   * pending again. Ends a pause; what the receiver asked for (Retry-After) still holds.
   */
  tryNow(destination?: string): void
  /** By destination. */
  readonly counters: ReadonlyMap<string, Readonly<DeliveryCounters>>
  /** How each destination does now. */
  health(): ReadonlyMap<string, DestinationHealth>
  /** How many messages are pending for destinations that are not configured (any more). */
  unclaimed(): ReadonlyMap<string, number>
}

const TIMEOUT = 10
const GIVE_UP_AFTER = 3 * 24 * 60 * 60
const STOP_WITHIN = 3

/**
 * Takes what is pending in the outbox to its destinations: for each one worker, in order, with retries.
 *
 * A message counts as sent once the receiver answered so and that is recorded. Where the hub is killed in between, or
 * the answer is lost, the message goes out once more: at least once, never silently not at all. Retries come after 1 s,
 * 2 s, 4 s … up to 5 min, and never sooner than the receiver asked (Retry-After). A destination that is found broken
 * is tried every 10 min. Where more messages wait than the destination's budget, or they have waited long, they are folded.
 *
 *     const delivery = startDelivery({ outbox, destinations: [slack()], wall: machineWall, fetch, random: Math.random, log })
 *     transaction(() => outbox.add(notifications))
 *     delivery.poke()
 */
export function startDelivery(options: DeliveryOptions): OutboxDelivery {
  const { outbox, destinations, wall, log } = options
  const names = new Set(destinations.map((destination) => destination.name))
  const waiting: (() => void)[] = []
  const restless: (() => void)[] = []
  const isQuiet = () => all().every((worker) => worker.quiet)
  const isResting = () => all().every((worker) => worker.resting)
  const onSleep = (): void => {
    if (isQuiet()) for (const resolve of waiting.splice(0)) resolve()
    if (isResting()) for (const resolve of restless.splice(0)) resolve()
  }
  const unclaimed = () => new Map([...outbox.pendingByDestination()].filter(([name]) => !names.has(name)))
  for (const [name, count] of unclaimed()) {
    log.warn(`${count} messages wait for '${name}', which is not among the destinations; they stay pending`)
  }
  const workers = new Map<string, DeliveryWorker>()
  const all = () => [...workers.values()]
  const { timeouts = wall, fetch, random, timeout = TIMEOUT, giveUpAfter = GIVE_UP_AFTER } = options
  const { settled = () => {}, legacies = new Map<string, WorkerLegacy>() } = options
  const { acknowledgeLink } = options
  const shared = { outbox, wall, timeouts, fetch, random, log, timeout, giveUpAfter }
  const setting = { ...shared, acknowledgeLink, settled, onSleep }
  const counters = new Map<string, DeliveryCounters>()
  for (const destination of destinations) {
    const legacy = legacies.get(destination.name) ?? noLegacy()
    legacies.set(destination.name, legacy)
    const worker = new DeliveryWorker(destination, setting, legacy)
    workers.set(destination.name, worker)
    counters.set(destination.name, worker.counters)
  }
  return {
    counters,
    unclaimed,
    poke: () => {
      for (const worker of all()) worker.poke()
    },
    tryNow: (destination) => {
      for (const [name, worker] of workers) if (name === (destination ?? name)) worker.tryNow()
    },
    health: () => new Map([...workers].map(([name, worker]) => [name, worker.health])),
    idle: () =>
      new Promise((resolve) => {
        if (isQuiet()) resolve()
        else waiting.push(resolve)
      }),
    get resting() {
      return isResting()
    },
    rest: () =>
      new Promise((resolve) => {
        if (isResting()) resolve()
        else restless.push(resolve)
      }),
    stop: async (within = options.stopWithin ?? STOP_WITHIN) => {
      for (const worker of all()) worker.stop()
      const cancel = timeouts.after(within * 1000, () => {
        for (const worker of all()) worker.abort()
      })
      await Promise.all(all().map((worker) => worker.done))
      cancel()
    },
  }
}
