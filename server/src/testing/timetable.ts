import { spell } from '../clock/duration.ts'
import type { Destination } from '../outputs/notification.ts'
import { previewText } from '../outputs/preview-text.ts'
import type { Target } from '../rules/effects.ts'
import type { Stage } from './stage.ts'
import { aligned, EXACT, placeOf, severityOf, targetsOf } from './tables.ts'

/**
 * The changes of alerts, and what rules threw, in their order, as an aligned table. `named`: with the rules of the
 * alerts.
 */
export function timetableOf({ changes, failed }: Stage, named: boolean): string {
  const changed = changes.map((change) => ({
    at: change.at,
    cells: [
      change.kind,
      severityOf(change),
      ...(named ? [change.alert.rule] : []),
      placeOf(change.alert.event),
      `-> ${targetsOf(change)}`,
    ],
  }))
  const threw = failed.map(({ at, line }) => ({ at, cells: ['failed', line] }))
  const rows = [...threw, ...changed].toSorted((a, b) => a.at - b.at)
  return aligned(rows.map(({ at, cells }) => [spell(at, EXACT), ...cells]))
}

/** The messages, each with the alerts that it tells of below each other, as an aligned table. */
export function messagesOf({ notifications }: Stage, named: boolean): string {
  return aligned(
    notifications.flatMap(({ at, destination, rule, items }) =>
      items.map((item, n) => [
        ...(n === 0 ? [spell(at), destination] : ['', '']),
        ...(named ? [n === 0 ? rule : ''] : []),
        item.status,
        item.severity,
        placeOf(item),
      ]),
    ),
  )
}

/** The messages as their destinations show them. */
export function renderedOf({ notifications, targets }: Stage): string {
  const destinations = new Map([...targets].map((target) => [target.name, target]))
  return notifications
    .map((message) => {
      const target = destinations.get(message.destination)
      const text = previewText(message, target !== undefined && isDestination(target) ? target : undefined)
      return `${spell(message.at, EXACT)}  ${message.destination}\n\n${text}\n`
    })
    .join('\n')
}

/** A test may name a destination without making one. */
function isDestination(target: Target): target is Destination {
  return 'deliver' in target && 'kind' in target
}
