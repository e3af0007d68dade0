import { type Event, isExpired } from 'weir-protocol'
import { LogicalClock } from '../clock/logical.ts'
import type { Notification } from '../outputs/notification.ts'
import type { AlertOptions } from '../rules/effects.ts'
import { AlertBook } from './book.ts'
import { policyOf } from './policy.ts'

/**
 * The messages of an alert that fires by this event, is escalated where the options say so, and is over ten
 * minutes later: as the hub would write them, though nothing stands against telling.
 */
export function exampleMessages(example: {
  readonly rule: string
  readonly options: AlertOptions
  /** Its state is the severity; where that is none, it is `critical`. */
  readonly event: Event
  /** When it comes, in microseconds. */
  readonly at: number
  /** The address of the page. */
  readonly link?: string | undefined
}): readonly Notification[] {
  const { rule, options, event, at, link } = example
  const { repeat: _, dependsOn: __, maintenance: ___, ...told } = options
  const { escalate, group } = policyOf(options)
  const clock = new LogicalClock(at)
  let ids = 0
  const book = new AlertBook({ clock, nextId: () => `preview-${ids++}`, link })
  const messages: Notification[] = []
  const run = (until: number) => {
    clock.advance(until, () => {})
    messages.push(...book.take().notifications)
  }
  const key = [event.host, event.service]
  const signal = (state: string) =>
    book.signal({ rule, key, state, event: { ...event, state }, options: told })
  const good = options.ok ?? ['ok']
  const { state = '' } = event
  signal(state === '' || good.includes(state) || isExpired(event) ? 'critical' : state)
  run(at + Math.max(TEN_MINUTES, (escalate?.after ?? 0) + group.max))
  signal(good[0] ?? 'ok')
  run(clock.now + group.max)
  return messages
}

const TEN_MINUTES = 10 * 60 * 1_000_000
