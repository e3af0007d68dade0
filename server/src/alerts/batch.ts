import { Timer } from '../clock/heap.ts'
import type { LogicalClock } from '../clock/logical.ts'
import type { NotificationItem } from '../outputs/notification.ts'
import type { Alert } from './alert.ts'
import type { AlertPolicy } from './policy.ts'

type Status = NotificationItem['status']

/** What a batch holds of one alert: the alert as it stands, and what nobody was told of it. */
export interface Unsaid {
  readonly alert: Alert
  readonly status: Status
  /** The severity before the first change that nobody was told of. */
  readonly previous: string | undefined
}

/** A batch as it stands in a checkpoint. */
export interface SavedBatch {
  readonly rule: string
  readonly destination: string
  readonly began: number
  readonly unsaid: readonly (readonly [name: string, unsaid: Unsaid])[]
  readonly due: number
  readonly seq: number
}

/**
 * The changes of one rule's alerts that are to be told to one destination in one message: it closes when nothing
 * joined for the policy's `wait`, at the latest `max` after the first, so that half a fleet that is gone is one message.
 */
export class Batch extends Timer {
  readonly awaitsInput = false
  readonly rule: string
  readonly destination: string
  readonly #clock: LogicalClock
  readonly #close: (batch: Batch) => void
  #began: number
  /** By the alert's name, in order of the first change. */
  readonly #unsaid = new Map<string, Unsaid>()

  constructor(clock: LogicalClock, rule: string, destination: string, close: (batch: Batch) => void) {
    super()
    this.#clock = clock
    this.rule = rule
    this.destination = destination
    this.#close = close
    this.#began = clock.now
  }

  get unsaid(): Iterable<readonly [name: string, unsaid: Unsaid]> {
    return this.#unsaid
  }

  has(name: string): boolean {
    return this.#unsaid.has(name)
  }

  /** As what the alert is to be told. */
  statusOf(name: string): Status | undefined {
    return this.#unsaid.get(name)?.status
  }

  /** Takes out what nobody was told of the alert. */
  remove(name: string): void {
    this.#unsaid.delete(name)
  }

  /** An alert that changes twice before anybody was told is told once, as it stands. */
  add(name: string, unsaid: Unsaid, { group }: AlertPolicy): void {
    this.#unsaid.set(name, after(this.#unsaid.get(name), unsaid))
    const due = this.#unsaid.size >= group.size ? this.#clock.now : this.#clock.now + group.wait
    this.#clock.set(this, Math.min(due, this.#began + group.max))
  }

  fire(): void {
    this.#close(this)
  }

  save(): SavedBatch {
    const { rule, destination, due, seq } = this
    return { rule, destination, began: this.#began, unsaid: [...this.#unsaid], due, seq }
  }

  load(saved: SavedBatch): void {
    this.#began = saved.began
    for (const [name, unsaid] of saved.unsaid) this.#unsaid.set(name, unsaid)
    this.#clock.restore(this, saved.due, saved.seq)
  }
}

/** What a message says of an alert. */
export function itemOf({ alert, status, previous }: Unsaid, at: number): NotificationItem {
  return {
    status,
    ...(alert.closed === undefined || status !== 'resolved' ? {} : { reason: alert.closed }),
    severity: status === 'settled' && alert.status === 'resolved' ? 'ok' : alert.severity,
    previous: status === 'repeated' || status === 'escalated' ? undefined : previous,
    key: alert.key.map((part) => part ?? ''),
    alert: alert.id,
    host: alert.event.host,
    service: alert.event.service,
    summary: alert.summary,
    description: alert.event.description,
    metric: alert.event.metric,
    unit: alert.policy.unit,
    since: alert.since,
    at: status === 'resolved' || status === 'blip' ? alert.changed : at,
  }
}

/** What is to be told after a further change. */
export function after(before: Unsaid | undefined, unsaid: Unsaid): Unsaid {
  if (before === undefined) return unsaid
  return { alert: unsaid.alert, status: merged(before, unsaid.status), previous: before.previous }
}

/** What comes of a further change: one in a row that nobody was told of. Who was told of an alert has a severity before. */
function merged({ status: first, previous }: Unsaid, second: Status): Status {
  if (first === 'flapping' || second === 'flapping') return 'flapping'
  const unsaidFiring = first === 'firing' || first === 'blip' || first === 'escalated'
  if (!unsaidFiring) return second
  if (second === 'resolved') return previous === undefined ? 'blip' : 'resolved'
  return first === 'escalated' ? 'escalated' : 'firing'
}
