import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long a link can be used, in microseconds: three days. */
export const LINK_LIVES = 3 * 24 * 60 * 60 * 1_000_000

/** What a link says: which alert, until when (Unix seconds), and that this hub has made it. */
export interface LinkQuery {
  readonly alert: string
  readonly until: string
  readonly signature: string
}

/** What is wrong with a link; undefined where nothing is. */
export type LinkProblem = 'not-signed' | 'expired' | undefined

/** Links that let whoever has one acknowledge one alert for three days, without the token. */
export class AcknowledgeLinks {
  readonly #secret: Uint8Array
  readonly #page: string | undefined
  readonly #now: () => number

  /** `page` is the address of the hub's page as people reach it; without it there are no links. `now` in microseconds. */
  constructor(options: {
    readonly secret: Uint8Array
    readonly page: string | undefined
    readonly now: () => number
  }) {
    this.#secret = options.secret
    this.#page = options.page
    this.#now = options.now
  }

  /** The link for an alert. */
  readonly link = (alert: string): string | undefined => {
    if (this.#page === undefined) return undefined
    const base = this.#page.endsWith('/') ? this.#page : `${this.#page}/`
    const url = URL.parse('acknowledge', base)
    if (url === null) return undefined
    const until = String(Math.floor((this.#now() + LINK_LIVES) / 1_000_000))
    const query = { alert, until, signature: this.#signature(alert, until) }
    url.search = String(new URLSearchParams(query))
    return url.href
  }

  /** Whether a link was made here, and is still good. */
  problem({ alert, until, signature }: LinkQuery): LinkProblem {
    const expected = Buffer.from(this.#signature(alert, until))
    const given = Buffer.from(signature)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'not-signed'
    return Number(until) * 1_000_000 < this.#now() ? 'expired' : undefined
  }

  #signature(alert: string, until: string): string {
    const said = JSON.stringify(['acknowledge', alert, until])
    return createHmac('sha256', this.#secret).update(said).digest('base64url')
  }
}
