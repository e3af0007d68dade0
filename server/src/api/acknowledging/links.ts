import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Acknowledgeable } from '../../outputs/notification.ts'

/** How long a link can be used, in microseconds: three days. */
export const LINK_LIVES = 3 * 24 * 60 * 60 * 1_000_000

/** What a link says: which alert, or the alerts of which message, until when (Unix seconds), and that this hub has made it. */
export type LinkQuery = Acknowledgeable & {
  readonly until: string
  readonly signature: string
}

/** What is wrong with a link; undefined where nothing is. */
export type LinkProblem = 'not-signed' | 'expired' | undefined

/** Links that let whoever has one acknowledge one alert, or those of one message, for three days, without the token. */
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

  /** The link for an alert or a message. */
  readonly link = (what: Acknowledgeable): string | undefined => {
    if (this.#page === undefined) return undefined
    const base = this.#page.endsWith('/') ? this.#page : `${this.#page}/`
    const url = URL.parse('acknowledge', base)
    if (url === null) return undefined
    const until = String(Math.floor((this.#now() + LINK_LIVES) / 1_000_000))
    const query = { ...what, until, signature: this.#signature(what, until) }
    url.search = String(new URLSearchParams(query))
    return url.href
  }

  /** Whether a link was made here, and is still good. */
  problem(query: LinkQuery): LinkProblem {
    const { until, signature } = query
    const expected = Buffer.from(this.#signature(query, until))
    const given = Buffer.from(signature)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'not-signed'
    return Number(until) * 1_000_000 < this.#now() ? 'expired' : undefined
  }

  #signature(what: Acknowledgeable, until: string): string {
    const said = 'alert' in what ? ['acknowledge', what.alert] : ['acknowledge all of', what.message]
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([...said, until]))
      .digest('base64url')
  }
}
