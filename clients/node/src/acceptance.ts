import type { Deferred } from './deferred.ts'
import { ClientError } from './errors.ts'
import type { Outcome } from './message.ts'

/** What Weir answers when its journal can't be written: rules have seen the events, a restart will not know them. */
const NOT_RECORDED = 'evaluated, not recorded'

/** Settles a promise by whether the hub accepted the message. */
export function acceptance(sent: Deferred<void>, address: string): (outcome: Outcome) => void {
  return (outcome) => {
    if (outcome instanceof ClientError) sent.reject(outcome)
    else if (outcome.ok === true) sent.resolve()
    else sent.reject(refusal(outcome.error, address))
  }
}

/** The error for an answer `ok: false`. */
export function refusal(error: string | undefined, address: string): ClientError {
  const code = error === NOT_RECORDED ? 'not-recorded' : 'refused'
  return new ClientError(code, `${address} refused: ${error || 'it gave no reason'}`)
}
