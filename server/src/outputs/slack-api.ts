import { type Logger, LogLevel, WebAPIPlatformError, WebClient } from '@slack/web-api'
import { HttpExchange } from './http-exchange.ts'
import type { Delivery, DeliveryIo } from './notification.ts'
import { oneLine } from './plain-text.ts'
import type { SlackBlock, SlackMessage } from './slack-message.ts'

/** Where a message stands. */
export interface SlackPlace {
  /** The id of the channel, also where it was posted by the channel's name. */
  readonly channel: string
  readonly ts: string
}

/** What a call came to: the message's place, or what it means for the delivery. */
export type SlackAnswer =
  | { readonly ok: true; readonly place: SlackPlace }
  | { readonly ok: false; readonly error: string; readonly delivery: Delivery }

/** It may work the next time. */
const RETRIED = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'update_failed',
  'team_added_to_org',
  'external_channel_migrating',
])
/** It is this message that Slack does not take. */
const REFUSED = new Set([
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'too_many_attachments',
  'attachment_payload_limit_exceeded',
  'invalid_arguments',
  'invalid_arg_name',
  'invalid_array_arg',
  'invalid_charset',
  'invalid_form_data',
])
/** An answer has the message in it once more. */
const ANSWER_LENGTH = 1_000_000

/**
 * What an error of Slack's Web API means: it is retried, or the message is refused; all others (`invalid_auth`,
 * `channel_not_found`, `not_in_channel`, `is_archived`, `missing_scope` …) say that the destination is broken.
 */
export function deliveryOfError(error: string): Delivery {
  const reason = oneLine(error, 200) || 'no error named'
  // Something else than Slack answered.
  if (RETRIED.has(error) || !/^\w+$/.test(error)) return { kind: 'retry', reason }
  return { kind: REFUSED.has(error) ? 'dead' : 'pause', reason }
}

/** The calls of Slack's Web API that a bot needs, each tried once and broken off with the attempt that it belongs to. */
export class SlackApi {
  readonly #http: HttpExchange
  readonly #client: WebClient

  constructor(io: DeliveryIo, options: { readonly token: string; readonly api: string }) {
    this.#http = new HttpExchange(io, { secrets: [options.token], length: ANSWER_LENGTH })
    this.#client = new WebClient(options.token, {
      slackApiUrl: options.api,
      allowAbsoluteUrls: false,
      fetch: this.#http.fetch,
      // The outbox retries, and keeps to Retry-After.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: silent,
    })
  }

  post(channel: string, message: SlackMessage): Promise<SlackAnswer> {
    return this.#call('chat.postMessage', () => this.#client.chat.postMessage({ channel, ...message }))
  }

  /** Puts another message in the place of one; nobody is notified. */
  update({ channel, ts }: SlackPlace, { text, blocks, attachments }: SlackMessage): Promise<SlackAnswer> {
    return this.#call('chat.update', () =>
      this.#client.chat.update({ channel, ts, text, blocks, attachments, parse: 'none' }),
    )
  }

  /** Adds to the thread of a message; `broadcast` shows it in the channel, too. */
  reply(
    { channel, ts }: SlackPlace,
    { text, blocks }: { readonly text: string; readonly blocks: SlackBlock[] },
    broadcast: boolean,
  ): Promise<SlackAnswer> {
    const reply = { channel, text, blocks, thread_ts: ts }
    return this.#call('chat.postMessage', () =>
      broadcast
        ? this.#client.chat.postMessage({ ...reply, reply_broadcast: true })
        : this.#client.chat.postMessage(reply),
    )
  }

  async #call(
    method: string,
    call: () => Promise<{ readonly channel?: string; readonly ts?: string }>,
  ): Promise<SlackAnswer> {
    try {
      const { channel, ts } = await call()
      if (channel !== undefined && ts !== undefined) return { ok: true, place: { channel, ts } }
      return failed('', { kind: 'retry', reason: `${method}: the answer does not say where the message is` })
    } catch (thrown) {
      if (thrown instanceof WebAPIPlatformError && this.#http.answer?.status === 200) {
        const { error } = thrown.data
        const delivery = deliveryOfError(error)
        return failed(
          error,
          'reason' in delivery ? { ...delivery, reason: `${method}: ${delivery.reason}` } : delivery,
        )
      }
      const delivery = this.#http.outcome(thrown)
      if (delivery.kind !== 'sent') return failed('', delivery)
      return failed('', { kind: 'retry', reason: `${method}: the answer broke off` })
    }
  }
}

function failed(error: string, delivery: Delivery): SlackAnswer {
  return { ok: false, error, delivery }
}

/** The library's own lines tell nothing that the answers do not. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}
