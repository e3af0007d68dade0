import type { FastifyInstance } from 'fastify'
import { splitAddress } from '../address.ts'
import { addressOf, listenError } from '../ingest/listen.ts'
import { type HttpOptions, httpApi } from './http.ts'
import type { Keyring } from './keyring.ts'

/** The HTTP listeners of a hub: the same application on several addresses, with or without tokens. */
export class HttpListeners {
  readonly #options: Omit<HttpOptions, 'keys'>
  readonly #apps: FastifyInstance[] = []

  constructor(options: Omit<HttpOptions, 'keys'>) {
    this.#options = options
  }

  /** Opens one; answers its address as it came out. `what` names it in the error. Throws WEIR_LISTEN_FAILED. */
  async listen(what: string, address: string, keys: Keyring | undefined): Promise<string> {
    const app = await httpApi({ ...this.#options, ...(keys === undefined ? {} : { keys }) })
    this.#apps.push(app)
    try {
      await app.listen(splitAddress(address))
    } catch (error) {
      throw listenError(what, address, error)
    }
    return addressOf(app.server, address)
  }

  async close(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.close()))
  }
}
