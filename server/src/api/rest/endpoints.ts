import type { Operated } from '../operated.ts'
import { alertEndpoints } from './alerts.ts'
import type { Endpoint } from './endpoint.ts'
import { indexEndpoints } from './index.ts'
import { logEndpoints } from './log.ts'
import { outboxEndpoints } from './outbox.ts'
import { ruleEndpoints } from './rules.ts'
import { silenceEndpoints } from './silences.ts'

/** All of the hub's REST endpoints. */
export function endpointsOf(operated: Operated): readonly Endpoint[] {
  return [
    ...indexEndpoints(operated.hub),
    ...alertEndpoints(operated),
    ...silenceEndpoints(operated.hub),
    ...ruleEndpoints(operated),
    ...logEndpoints(operated),
    ...outboxEndpoints(operated),
  ]
}
