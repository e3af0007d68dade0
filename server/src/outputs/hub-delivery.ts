import { type DeliveryOptions, type Legacies, type OutboxDelivery, startDelivery } from './delivery.ts'
import type { Destination } from './notification.ts'

/** Seconds after which an attempt to deliver has ended by itself. */
const ATTEMPT_ENDS = 30

/** The delivery of a hub, which goes on when its destinations become others. */
export class HubDelivery {
  readonly #options: DeliveryOptions
  readonly #legacies: Legacies = new Map()
  #current: OutboxDelivery

  constructor(options: Omit<DeliveryOptions, 'legacies'>) {
    this.#options = { ...options, legacies: this.#legacies }
    this.#current = startDelivery(this.#options)
  }

  /** The one that runs. */
  get current(): OutboxDelivery {
    return this.#current
  }

  /** From now on these are the destinations. What is on its way comes to its own end: broken off, it would be sent twice. */
  async replace(destinations: readonly Destination[]): Promise<void> {
    await this.#current.stop(ATTEMPT_ENDS)
    this.#current = startDelivery({ ...this.#options, destinations })
  }
}
