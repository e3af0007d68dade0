import type { Destination, Notification } from './notification.ts'
import { lineOf } from './wording.ts'

/** A message as its destination shows it, or in one line where that does not say, indented. */
export function previewText(message: Notification, destination: Destination | undefined): string {
  const acknowledge = unsignedLink(message.link)
  const text = destination?.preview?.(message, () => acknowledge) ?? lineOf(message)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`.trimEnd())
    .join('\n')
}

/** Where a link to acknowledge will lead; nobody can sign one but a hub that sends it. */
function unsignedLink(page: string | undefined): string | undefined {
  if (page === undefined) return undefined
  return URL.parse('acknowledge?signed-when-sent', page.endsWith('/') ? page : `${page}/`)?.href
}
