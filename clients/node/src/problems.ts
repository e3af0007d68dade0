import type { ClientError, ClientErrorCode } from './errors.ts'

/**
 * Tells of trouble when it begins: each kind once, until the hub has accepted something again. So an outage is a line
 * in the application's log and not one per event.
 */
export class Problems {
  readonly #tell: (error: ClientError) => void
  readonly #told = new Set<ClientErrorCode>()

  constructor(tell: (error: ClientError) => void) {
    this.#tell = tell
  }

  happened(error: ClientError): void {
    if (this.#told.has(error.code)) return
    this.#told.add(error.code)
    try {
      this.#tell(error)
    } catch {
      // The application's own; the client goes on.
    }
  }

  over(): void {
    if (this.#told.size > 0) this.#told.clear()
  }
}
