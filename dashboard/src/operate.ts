/** Who does something about an alert, why, and for how long: `2h`; nothing: until it is over. */
export interface Reason {
  readonly who: string
  readonly why: string
  readonly for: string | undefined
}

/** Which alerts nobody is to be told of; all that are given must match. */
export interface SilenceMatch {
  readonly rule?: string
  readonly host?: string
  readonly service?: string
}

/** A silence that is in force. */
export interface SilenceView {
  readonly id: string
  readonly match: Readonly<Record<string, string>>
  readonly who: string
  readonly why: string
  /** Milliseconds; null: until what it holds back is resolved. */
  readonly until: number | null
  /** How many alerts it holds back. */
  readonly holds: number
}

/** What an operator can do from the page. Each rejects with what the hub, or the network, said against it. */
export interface Operator {
  acknowledge(alert: string, reason: Reason): Promise<void>
  giveBack(alert: string): Promise<void>
  silence(match: SilenceMatch, reason: Reason): Promise<void>
  endSilence(silence: string): Promise<void>
  silences(): Promise<readonly SilenceView[]>
}

/** The operator of the hub that `page` came from, by its REST endpoints beside the page. */
export function operatorBeside(page: string, ask: typeof fetch): Operator {
  const request = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await ask(new URL(path, page), {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }).catch(() => undefined)
    if (answer === undefined) throw new Error('the hub can’t be reached')
    const said: unknown = await answer.json().catch(() => undefined)
    if (answer.ok) return said
    throw new Error(errorIn(said) ?? `the hub answered ${answer.status}`)
  }
  return {
    async acknowledge(alert, reason) {
      await request('POST', `api/alerts/${encodeURIComponent(alert)}/acknowledge`, reason)
    },
    async giveBack(alert) {
      await request('POST', `api/alerts/${encodeURIComponent(alert)}/unacknowledge`)
    },
    async silence(match, reason) {
      await request('POST', 'api/silences', { match, ...reason })
    },
    async endSilence(silence) {
      await request('DELETE', `api/silences/${encodeURIComponent(silence)}`)
    },
    async silences() {
      const said = await request('GET', 'api/silences')
      return Array.isArray(said) ? said.map(silenceOf) : []
    },
  }
}

function errorIn(said: unknown): string | undefined {
  return typeof said === 'object' && said !== null && 'error' in said ? String(said.error) : undefined
}

/** The shape is believed: it comes from the hub that served the page. */
function silenceOf(said: {
  id: string
  match: Record<string, string>
  who: string
  why: string
  until: number | null
  holds: readonly string[]
}): SilenceView {
  const { id, match, who, why, until, holds } = said
  return { id, match, who, why, until: until === null ? null : until / 1000, holds: holds.length }
}
