import { WeirError } from '../errors.ts'
import { LivingMessages, type Step } from './living-messages.ts'
import { notConfigured } from './not-configured.ts'
import type { Delivery, DeliveryIo, Destination, Notification } from './notification.ts'
import { SLACK_BUDGET, SLACK_PACE } from './slack.ts'
import { SlackApi } from './slack-api.ts'
import { slackMessage } from './slack-message.ts'
import { slackNote } from './slack-note.ts'
import { slackPreview } from './slack-preview.ts'

export interface SlackBotOptions {
  /** How alerts, logs and metrics call it. Default `slack`. */
  readonly name?: string
  /** The channel's id, such as `C0123456789`, or its name, such as `#ops`. The bot must be a member of it. */
  readonly channel: string
  /** The bot's token: a secret, so better left in the environment. */
  readonly token?: string | undefined
  /** The environment variable that holds the token where `token` is not given. Default `SLACK_BOT_TOKEN`. */
  readonly variable?: string
  /** How many messages may wait before they are folded. Default 20. */
  readonly budget?: number
  /** Where the Web API is. Default `https://slack.com/api/`. */
  readonly api?: string
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The living message cannot be changed any more; a new one has to be posted. */
const GONE = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'block_mismatch',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'is_inactive',
])

/**
 * A Slack channel, by a bot: one message for each incident that always shows how it stands, and its history in the
 * thread. Without a token the messages go to the log, marked as not sent.
 *
 * What gets worse, still fires or was not acknowledged is shown in the channel once more, as changes to a message
 * notify nobody. The bot needs the scope `chat:write`. The token is never logged. Throws WEIR_CONFIG_INVALID where the
 * channel or the address of the API is none.
 *
 *     export const ops = slackBot({ name: 'ops', channel: '#ops' })                // SLACK_BOT_TOKEN
 */
export function slackBot(options: SlackBotOptions): Destination {
  const { name = 'slack', variable = 'SLACK_BOT_TOKEN', env = process.env } = options
  const { api = 'https://slack.com/api/' } = options
  const channel = options.channel.trim()
  const token = (options.token ?? env[variable] ?? '').trim()
  const invalid = (field: string, problem: string) =>
    new WeirError('WEIR_CONFIG_INVALID', { file: `slackBot '${name}' ${field}`, problem })
  if (!/^[^\s<>&@]+$/.test(channel)) throw invalid('channel', 'not a channel, like C0123456789 or #ops')
  if (!/^https?:$/.test(URL.parse(api)?.protocol ?? '')) throw invalid('api', 'not an address of https')
  if (token === '') return notConfigured('slack-bot', name, variable, slackPreview)
  return {
    kind: 'slack-bot',
    name,
    describe: `Slack, by a bot in ${channel}`,
    pace: SLACK_PACE,
    budget: options.budget ?? SLACK_BUDGET,
    deliver: (notification, io) => tell(notification, io, channel, new SlackApi(io, { token, api })),
    preview: slackPreview,
  }
}

/**
 * One step of what there is to tell: a message is posted, or one is changed and its thread continued. Where that cannot
 * be written down (a full disk), all steps at once: what was posted must not be posted again because of it.
 */
async function tell(
  notification: Notification,
  io: DeliveryIo,
  channel: string,
  slack: SlackApi,
): Promise<Delivery> {
  const living = new LivingMessages(io.memory)
  const steps = living.steps(notification)
  for (const [index, step] of steps.entries()) {
    const failure =
      step.kind === 'post'
        ? await post({ ...notification, items: step.items }, io, channel, slack, living)
        : await update(step, io, slack, living)
    if (failure !== undefined) return failure
    const isLast = index === steps.length - 1
    if (!isLast && living.remembers) return { kind: 'more' }
  }
  if (!living.remembers) io.log('what was posted could not be written down; what follows is posted anew')
  return { kind: 'sent' }
}

async function post(
  message: Notification,
  io: DeliveryIo,
  channel: string,
  slack: SlackApi,
  living: LivingMessages,
): Promise<Delivery | undefined> {
  const answer = await slack.post(channel, slackMessage(message, io.now(), io.acknowledgeLink))
  if (!answer.ok) return answer.delivery
  living.posted(message, answer.place)
  return undefined
}

async function update(
  { message, changes }: Extract<Step, { readonly kind: 'update' }>,
  io: DeliveryIo,
  slack: SlackApi,
  living: LivingMessages,
): Promise<Delivery | undefined> {
  const changed = living.changed(message, changes)
  const answer = await slack.update(
    message,
    slackMessage(changed.notification, undefined, io.acknowledgeLink),
  )
  if (!answer.ok && GONE.has(answer.error)) {
    living.gone(message)
    return { kind: 'more' }
  }
  if (!answer.ok) return answer.delivery
  const reply = await slack.reply(message, slackNote(changes), living.isLouder(message, changes))
  if (!reply.ok && reply.delivery.kind === 'retry') return reply.delivery
  if (!reply.ok) io.log(`the thread could not be continued: ${reply.error}`)
  living.updated(changed, changes)
  return undefined
}
