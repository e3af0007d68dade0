import { IncomingWebhook } from '@slack/webhook'
import { WeirError } from '../errors.ts'
import { HttpExchange } from './http-exchange.ts'
import { notConfigured } from './not-configured.ts'
import type { Delivery, DeliveryIo, Destination, Notification } from './notification.ts'
import { slackMessage } from './slack-message.ts'
import { slackPreview } from './slack-preview.ts'

export interface SlackOptions {
  /** How alerts, logs and metrics call it. Default `slack`. */
  readonly name?: string
  /** The address of the incoming webhook: a secret, so better left in the environment. */
  readonly url?: string | undefined
  /** The environment variable that holds the address where `url` is not given. Default `SLACK_WEBHOOK_URL`. */
  readonly variable?: string
  /** How many messages may wait before they are folded. Default 20. */
  readonly budget?: number
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Slack takes about one message a second for each webhook, and for each channel. */
export const SLACK_PACE = 1
export const SLACK_BUDGET = 20

/**
 * A Slack channel, by an incoming webhook. Without an address the messages go to the log, marked as not sent.
 *
 * Whoever knows the address can post to the channel: it is never logged. Throws WEIR_CONFIG_INVALID where it is not an
 * address of http or https.
 *
 *     export const ops = slack()                                                   // SLACK_WEBHOOK_URL
 *     export const web = slack({ name: 'web', variable: 'SLACK_WEBHOOK_URL_WEB' })
 */
export function slack(options: SlackOptions = {}): Destination {
  const { name = 'slack', variable = 'SLACK_WEBHOOK_URL', env = process.env } = options
  const address = (options.url ?? env[variable] ?? '').trim()
  if (address === '') return notConfigured('slack', name, variable, slackPreview)
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new WeirError('WEIR_CONFIG_INVALID', {
      file: options.url === undefined ? variable : `slack '${name}' url`,
      problem: 'not an address of https, like https://hooks.slack.com/services/…',
    })
  }
  return {
    kind: 'slack',
    name,
    describe: `Slack, by the webhook at ${url.host}`,
    pace: SLACK_PACE,
    budget: options.budget ?? SLACK_BUDGET,
    deliver: (notification, io) => post(url, notification, io),
    preview: slackPreview,
  }
}

async function post(url: URL, notification: Notification, io: DeliveryIo): Promise<Delivery> {
  // The library has no timeout and keeps neither Retry-After nor what Slack says: the exchange does.
  const http = new HttpExchange(io, { secrets: [url.href, url.pathname] })
  try {
    await new IncomingWebhook(url.href, { fetch: http.fetch }).send(
      slackMessage(notification, io.now(), io.acknowledgeLink),
    )
    return { kind: 'sent' }
  } catch (thrown) {
    return http.outcome(thrown)
  }
}
