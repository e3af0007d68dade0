import { heartbeat, slack } from 'weir-hub'

/** Where the on-call people look. Sends to the webhook in SLACK_WEBHOOK_URL; without it, to the log. */
export const ops = slack({ name: 'ops' })

/** A watcher outside that calls out when this hub is silent. Pings the address in WEIR_HEARTBEAT_URL; without it, nobody. */
export const lifeline = heartbeat()
