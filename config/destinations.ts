import { slack } from 'weir-hub'

/** Where the on-call people look. Sends to the webhook in SLACK_WEBHOOK_URL; without it, to the log. */
export const ops = slack({ name: 'ops' })
