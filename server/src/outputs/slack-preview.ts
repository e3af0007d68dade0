import type { DeliveryIo, Notification } from './notification.ts'
import { type SlackBlock, type SlackMessage, slackMessage } from './slack-message.ts'

/** What a reader in Slack sees, as plain text: the bars beside the details as `▌`, links with their address. */
export function slackPreview(
  notification: Notification,
  acknowledgeLink?: DeliveryIo['acknowledgeLink'],
): string {
  return previewOf(slackMessage(notification, undefined, acknowledgeLink))
}

/** A message for Slack as plain text. */
export function previewOf({ blocks, attachments }: SlackMessage): string {
  const details = attachments.flatMap((attachment) => attachment.blocks.flatMap(linesOf))
  return [...blocks.flatMap(linesOf), ...details.map((line) => `▌ ${line}`)].join('\n')
}

function linesOf(block: SlackBlock): readonly string[] {
  if (block.type === 'context') return [block.elements.map(({ text }) => plain(text)).join('  ·  ')]
  if ('text' in block) return plain(block.text.text).split('\n')
  return [block.fields.map(({ text }) => plain(text).replace('\n', ' ')).join('   ')]
}

const MARKUP = /`([^`]*)`|<([^|>]*)\|([^>]*)>|(?<![\p{L}\p{N}])\*([^*]+)\*(?![\p{L}\p{N}])/gu
const CHARACTERS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

function plain(mrkdwn: string): string {
  return mrkdwn
    .replace(MARKUP, (_, code?: string, address?: string, words?: string, bold?: string) =>
      address === undefined ? (code ?? bold ?? '') : `${words} (${address})`,
    )
    .replace(/&(amp|lt|gt);/g, (entity) => CHARACTERS[entity] ?? entity)
}
