import type { DestinationMemory, Notification, NotificationItem } from './notification.ts'
import type { SlackPlace } from './slack-api.ts'
import { isOver, TONES, toneOf } from './wording.ts'

/** A message that is kept up to date: what it shows, and where it stands. */
export interface LivingMessage extends SlackPlace {
  readonly notification: Notification
}

/** The next thing to do for a notification: a message of its own for these alerts, or a living one brought up to date. */
export type Step =
  | { readonly kind: 'post'; readonly items: readonly NotificationItem[] }
  | {
      readonly kind: 'update'
      readonly message: LivingMessage
      readonly changes: readonly NotificationItem[]
    }

/** What was last told of an alert. */
interface Told {
  /** Which incident it was, and the moment of what was told, in microseconds. */
  readonly since: number
  readonly at: number
  /** The message that shows it, where it is a living one. */
  readonly ts: string | undefined
}

/** A message about more alerts is not kept up to date: what becomes of them is told anew. */
const LIVING_ITEMS = 100

/**
 * Which message shows which incident. An incident is a rule, a key and the moment since which it fires; the message in
 * which it was told first shows it to its end. All of it is in the destination's memory, written after Slack has answered.
 */
export class LivingMessages {
  readonly #memory: DestinationMemory
  #remembers = true

  constructor(memory: DestinationMemory) {
    this.#memory = memory
  }

  /** Whether all that was told could be written down. */
  get remembers(): boolean {
    return this.#remembers
  }

  /** What is left to do, in order; nothing where all was told. What is older than what was told is left out. */
  steps(notification: Notification): readonly Step[] {
    const fresh: NotificationItem[] = []
    const updates = new Map<string, { message: LivingMessage; changes: Map<string, NotificationItem> }>()
    const first = new Set<string>()
    const changesOf = (message: LivingMessage) => {
      const known = updates.get(message.ts) ?? { message, changes: new Map<string, NotificationItem>() }
      updates.set(message.ts, known)
      return known.changes
    }
    for (const item of notification.items) {
      const name = nameOf(notification, item)
      const told = this.#told(name)
      const message = told?.ts === undefined ? undefined : this.#message(told.ts)
      if (told !== undefined && item.since <= told.since) {
        if (item.since < told.since || item.at <= told.at) continue
        if (message === undefined) fresh.push(item)
        else changesOf(message).set(name, item)
        continue
      }
      fresh.push(item)
      if (message === undefined) continue
      // An earlier incident of this alert must not stand there as if it went on.
      first.add(message.ts)
      const shown = message.notification.items.find((each) => nameOf(message.notification, each) === name)
      const isTold = updates.get(message.ts)?.changes.has(name) === true
      if (shown !== undefined && !isOver(shown) && !isTold) {
        changesOf(message).set(name, {
          ...shown,
          status: 'resolved',
          previous: shown.severity,
          at: item.since,
        })
      }
    }
    const all = [...updates.values()].map(({ message, changes }): Step => {
      return { kind: 'update', message, changes: [...changes.values()] }
    })
    const isFirst = (step: Step) => step.kind === 'update' && first.has(step.message.ts)
    const post: Step[] = fresh.length === 0 ? [] : [{ kind: 'post', items: fresh }]
    return [...all.filter(isFirst), ...post, ...all.filter((step) => !isFirst(step))]
  }

  /** A message was posted. */
  posted(notification: Notification, place: SlackPlace): void {
    const lives = notification.items.length <= LIVING_ITEMS
    const ts = lives ? place.ts : undefined
    this.#put([
      ...notification.items.map((item) => entry(notification, item, ts)),
      ...(lives ? [messageEntry({ ...place, notification })] : []),
    ])
  }

  /** What a message shows once these changes are in it. */
  changed({ notification, ...place }: LivingMessage, changes: readonly NotificationItem[]): LivingMessage {
    const newest = new Map(changes.map((item) => [nameOf(notification, item), item]))
    const items = notification.items.map((item) => newest.get(nameOf(notification, item)) ?? item)
    return { ...place, notification: { ...notification, items } }
  }

  /** Whether somebody should look again: something got worse, still fires, or was not acknowledged. */
  isLouder({ notification }: LivingMessage, changes: readonly NotificationItem[]): boolean {
    const shown = new Map(notification.items.map((item) => [nameOf(notification, item), item]))
    return changes.some((item) => {
      const { status } = item
      if (status === 'repeated' || status === 'escalated' || status === 'flapping') return true
      return TONES.indexOf(toneOf(item)) < TONES.indexOf(toneOf(shown.get(nameOf(notification, item))))
    })
  }

  /** A message was brought up to date. */
  updated(message: LivingMessage, changes: readonly NotificationItem[]): void {
    const { notification, ts } = message
    this.#put([...changes.map((item) => entry(notification, item, ts)), messageEntry(message)])
  }

  /** A message is not there any more, or cannot be changed: what becomes of its alerts is told anew. */
  gone({ ts }: LivingMessage): void {
    this.#memory.put([[`message:${ts}`, undefined]])
  }

  #put(entries: readonly (readonly [key: string, value: string])[]): void {
    try {
      this.#memory.put(entries)
    } catch {
      this.#remembers = false
    }
  }

  #told(name: string): Told | undefined {
    return parse(this.#memory.get(`alert:${name}`))
  }

  #message(ts: string): LivingMessage | undefined {
    return parse(this.#memory.get(`message:${ts}`))
  }
}

function nameOf({ rule }: Notification, item: NotificationItem): string {
  return JSON.stringify([item.rule ?? rule, ...item.key])
}

function entry(notification: Notification, item: NotificationItem, ts: string | undefined): [string, string] {
  const told: Told = { since: item.since, at: item.at, ts }
  return [`alert:${nameOf(notification, item)}`, JSON.stringify(told)]
}

function messageEntry(message: LivingMessage): [string, string] {
  return [`message:${message.ts}`, JSON.stringify(message)]
}

function parse<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : JSON.parse(text)
}
