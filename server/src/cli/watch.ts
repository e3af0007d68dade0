import { createClient } from 'weir-client'
import type { Event } from 'weir-protocol'
import { messageOf, WeirError } from '../errors.ts'
import type { HubAddress } from './hub-address.ts'

/** What is to be watched, and who hears of it. */
export interface Watched {
  readonly hub: HubAddress
  readonly query: string
  /** A topic; `index` has what comes into the index, from now on. Default: the index, with what is there already. */
  readonly topic?: string | undefined
  /** An event; more are read once it is done. Nothing more where it answers false. */
  readonly event: (event: Event) => Promise<boolean> | boolean
  /** The hub has answered: all that matches comes again. */
  readonly connected?: () => void
  /** It went away, and is tried again. */
  readonly away: (why: string) => void
  /** Ends it. */
  readonly signal?: AbortSignal
}

/**
 * Watches a hub until `event` answers false, or the signal comes. Rejects with WEIR_HUB where it can't be reached the first time, or refuses.
 * A hub that goes away later is tried again and again.
 */
export async function watch({ hub, query, topic, event, connected, away, signal }: Watched): Promise<void> {
  let reached = false
  let first = (_: Error) => {}
  const unreachable = new Promise<never>((_, reject) => {
    first = reject
  })
  unreachable.catch(() => {})
  const client = createClient({
    http: hub.url.href.replace(/\/$/, ''),
    ...(hub.token === undefined ? {} : { token: hub.token }),
    // It sends nothing.
    transport: 'udp',
    onProblem: (problem) => {
      if (reached) away(problem.message)
      else first(problem)
    },
  })
  signal?.addEventListener('abort', () => void client.close(0))
  const events = client.subscribe(query, {
    topic,
    onOpen() {
      reached = true
      connected?.()
    },
  })
  try {
    await Promise.race([told(events, event), unreachable])
  } catch (error) {
    throw new WeirError('WEIR_HUB', { hub: hub.url.host, problem: reasonOf(error) }, { cause: error })
  } finally {
    await client.close(0)
  }
}

async function told(events: AsyncIterable<Event>, event: Watched['event']): Promise<void> {
  for await (const each of events) if (!(await event(each))) return
}

/** The first line of what the client says, without the address, which the error has. */
function reasonOf(error: unknown): string {
  const [message = ''] = messageOf(error).split('\n')
  return message.replace(/^wss?:\/\/\S+?: /, 'cannot be reached: ').replace(/^wss?:\/\/\S+ /, '')
}
