import { type Event, makeEvent } from 'weir-protocol'
import type { Slot } from './fold.ts'

const event = (service: string, metric?: number, second = 0) =>
  makeEvent({ service, metric, time: second * 1_000_000 })

/** The lists of the table in Riemann's reference, by their letters. */
export const LISTS = {
  A: [event('p', 4, 1), event('q', 2, 2), event('r', 8, 3)],
  B: [event('p', 4), event('q'), event('r', 8)],
  C: [null, event('q', 2), event('r', 8)],
  D: [event('p'), event('q', 2)],
  E: [],
  F: [event('p'), event('q')],
  G: [event('p', 4), event('q', 0)],
  H: [null, undefined],
  I: [event('p', 4)],
  J: [event('p', 3), event('q', 3), event('r', 1), event('s', 1), event('t', 7)],
} as const satisfies Record<string, readonly Slot[]>

/** What a fold makes of each list, in a line: `service:metric`, the description, `nothing`, `throws`. */
export function table(fold: (events: readonly Slot[]) => Slot | readonly Slot[]): string {
  return Object.entries(LISTS)
    .map(([, events]) => {
      try {
        const made = fold(events)
        return Array.isArray(made) ? `[${made.map(cell).join(' ')}]` : cell(made as Slot)
      } catch {
        return 'throws'
      }
    })
    .join(' | ')
}

function cell(made: Event | null | undefined): string {
  if (made === null || made === undefined) return 'nothing'
  const { service = '–', metric, description } = made
  const value = metric === undefined ? (description ?? 'none') : String(Number(metric.toPrecision(5)))
  return `${service}:${value}`
}
