import type { DeliveryIo, Notification } from './notification.ts'
import { isOver } from './wording.ts'

/** A link as a message shows it. */
export interface AcknowledgeLink {
  readonly name: string
  readonly target: string
}

/**
 * The link by which whoever reads a message takes on what it tells of: its one alert that is not over, or all of them
 * together. Undefined where all is over, or the hub does not know the address of its page.
 */
export function acknowledgeLinkOf(
  { id, items }: Notification,
  linkTo: DeliveryIo['acknowledgeLink'],
): AcknowledgeLink | undefined {
  const alerts = new Set(items.flatMap((item) => (isOver(item) ? [] : (item.alert ?? []))))
  const [alert] = alerts
  if (alert === undefined) return undefined
  const target = linkTo?.(alerts.size === 1 ? { alert } : { message: id })
  if (target === undefined) return undefined
  return { name: alerts.size === 1 ? 'Acknowledge' : `Acknowledge all ${alerts.size}`, target }
}
