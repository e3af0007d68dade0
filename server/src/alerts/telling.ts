import { SECOND } from '../clock/duration.ts'
import type { LogicalClock } from '../clock/logical.ts'
import { Wake } from '../clock/wake.ts'
import type { Notification, NotificationItem } from '../outputs/notification.ts'
import type { Alert, AlertChange, Withheld } from './alert.ts'
import { Batch, itemOf, type SavedBatch } from './batch.ts'
import { ByHost } from './by-host.ts'
import type { Decision } from './decision.ts'
import { FlapGuard, type SavedFlap } from './flapping.ts'
import { attentionDue, heldBack, type Open } from './holds.ts'
import { type Silence, Silences } from './silence.ts'

/** How long after the end of an alert it is looked whether a silence without a time is over, in microseconds. */
const SILENCE_END = SECOND

/** A timer as a checkpoint keeps it. */
export type Alarm = readonly [due: number, seq: number]

/** What telling holds, for a checkpoint. */
export interface SavedTelling {
  readonly silences: readonly Silence[]
  readonly flaps: readonly SavedFlap[]
  readonly batches: readonly SavedBatch[]
  readonly attention: readonly (readonly [name: string, alarm: Alarm])[]
  /** What is held back, in the order in which it would be told. */
  readonly withheld: readonly (readonly [name: string, host: string | null])[]
  readonly holds: Alarm | null
}

/**
 * Whom an alert is told to, when, and why not. Each change stands in the batch of its rule and destination until that
 * closes; what then stands against telling it (a silence, a maintenance window, the alert of a rule it depends on)
 * holds it back, and it is told when nothing does any more and it still fires. Its end goes where its firing went.
 */
export class Telling {
  readonly silences = new Silences()
  readonly #clock: LogicalClock
  readonly #open: Open
  readonly #nextId: () => string
  readonly #link: string | undefined
  readonly #note: (alert: Alert, what: Decision['what'], detail: string) => void
  readonly #batches = new Map<string, Batch>()
  readonly #flaps: FlapGuard
  /** Alerts that are to be repeated or escalated, or whose acknowledgement ends. */
  readonly #attention = new Map<string, Wake>()
  /** The alerts that are held back. */
  readonly #withheld = new ByHost()
  readonly #holds: Wake
  #notifications: Notification[] = []

  constructor(options: {
    readonly clock: LogicalClock
    readonly open: Open
    readonly nextId: () => string
    readonly link: string | undefined
    readonly note: (alert: Alert, what: Decision['what'], detail: string) => void
  }) {
    this.#clock = options.clock
    this.#open = options.open
    this.#nextId = options.nextId
    this.#link = options.link
    this.#note = options.note
    this.#flaps = new FlapGuard(options.clock, (name, last) => this.#settled(name, last))
    this.#holds = new Wake(() => this.#holdsOver())
  }

  /** The messages that were written since the last call. */
  take(): readonly Notification[] {
    const notifications = this.#notifications
    this.#notifications = []
    return notifications
  }

  /** An alert changed. */
  changed(name: string, { kind, alert, previous }: AlertChange): void {
    if (kind === 'firing') {
      if (this.#flaps.fired(name, alert)) this.#add(name, 'flapping', alert, previous, alert.policy.notify)
      else if (!this.#flaps.isFlapping(name)) this.#add(name, 'firing', alert, previous, alert.policy.notify)
      if (this.#flaps.isFlapping(name))
        this.#hold(name, alert, { reason: 'flapping', by: 'the flapping guard', until: undefined })
      return
    }
    this.#flaps.changed(name, alert)
    if (kind === 'resolved') this.#resolved(name, alert, previous)
    else if (kind === 'changed' && !this.#flaps.isFlapping(name)) {
      this.#add(name, 'changed', alert, previous, [...new Set([...alert.policy.notify, ...alert.told])])
    }
    this.#schedule(name)
  }

  /** The alert's host was decommissioned: what was to be told of it is not. */
  forget(name: string): void {
    for (const batch of this.#batches.values()) batch.remove(name)
  }

  /** A stale alert was heard again as it was: it is told only where nobody has been told that it fires. */
  heardAgain(name: string): void {
    const alert = this.#open.get(name)
    if (alert === undefined) return
    if (alert.withheld !== undefined) this.#withheld.set(name, alert.event.host)
    else if (alert.told.length === 0) this.#add(name, 'firing', alert, undefined, alert.policy.notify)
    this.#schedule(name)
  }

  /** An alert that others depend on does not fire any more: those that still fire are told. */
  parentOver(host: string | undefined): void {
    this.#reconsider(this.#withheld.of(host), (alert) => alert.withheld?.reason === 'dependsOn')
  }

  silence(silence: Silence): void {
    this.silences.add(silence)
    this.#lookAt(silence.until)
  }

  /** Ends a silence before its time; answers whether there was one. */
  unsilence(id: string): boolean {
    const removed = this.silences.remove(id)
    this.#reconsider(this.#withheld.all(), (alert) => alert.withheld?.by === id)
    return removed
  }

  /** The acknowledgement of an alert has changed. */
  acknowledged(name: string): void {
    this.#schedule(name)
  }

  save(): SavedTelling {
    return {
      silences: this.silences.all,
      flaps: this.#flaps.save(),
      batches: [...this.#batches.values()].map((batch) => batch.save()),
      attention: [...this.#attention].map(([name, { due, seq }]) => [name, [due, seq]]),
      withheld: this.#withheld.entries().map(([name, host]) => [name, host ?? null]),
      holds: this.#holds.slot < 0 ? null : [this.#holds.due, this.#holds.seq],
    }
  }

  /** Puts back what `save` gave, once the alerts are back. */
  load(saved: SavedTelling): void {
    for (const silence of saved.silences) this.silences.add(silence)
    for (const flap of saved.flaps) this.#flaps.load(flap)
    for (const batch of saved.batches) this.#batch(batch.rule, batch.destination).load(batch)
    for (const [name, [due, seq]] of saved.attention) this.#clock.restore(this.#wakeOf(name), due, seq)
    for (const [name, host] of saved.withheld) this.#withheld.set(name, host ?? undefined)
    if (saved.holds !== null) this.#clock.restore(this.#holds, saved.holds[0], saved.holds[1])
  }

  #resolved(name: string, alert: Alert, previous: string | undefined): void {
    this.#withheld.delete(name)
    this.silences.over(alert)
    this.#lookForEnds()
    if (this.#flaps.isFlapping(name)) return
    const waiting = alert.policy.notify.filter(
      (to) => this.#batches.get(batchName(alert.rule, to))?.has(name) === true,
    )
    const listeners = [...new Set([...alert.told, ...waiting])]
    this.#add(name, 'resolved', alert, previous, listeners)
    if (listeners.length === 0 && alert.policy.notify.length > 0) {
      this.#note(alert, 'not told', 'its end: nobody had been told that it fires')
    }
  }

  #add(
    name: string,
    status: NotificationItem['status'],
    alert: Alert,
    previous: string | undefined,
    to: readonly string[],
  ): void {
    for (const destination of to)
      this.#batch(alert.rule, destination).add(name, status, alert, previous, alert.policy)
  }

  #batch(rule: string, destination: string): Batch {
    const name = batchName(rule, destination)
    const known = this.#batches.get(name)
    if (known !== undefined) return known
    const made = new Batch(this.#clock, rule, destination, (batch) => this.#close(name, batch))
    this.#batches.set(name, made)
    return made
  }

  /** The batch is over: what nothing stands against becomes one message. */
  #close(batchKey: string, batch: Batch): void {
    this.#batches.delete(batchKey)
    this.#lookForEnds()
    const { now } = this.#clock
    const id = this.#nextId()
    const items: NotificationItem[] = []
    let runbook: string | undefined
    for (const [name, unsaid] of batch.unsaid) {
      const alert = this.#open.get(name) ?? unsaid.alert
      // It changed and changed back.
      if (
        unsaid.status === 'changed' &&
        unsaid.previous === alert.severity &&
        alert.told.includes(batch.destination)
      )
        continue
      if (!isNews(unsaid.status)) {
        const held = this.#heldBack(alert)
        if (held !== undefined) {
          if (alert.status === 'resolved') this.#noteHeld(alert, held)
          else this.#hold(name, alert, held)
          continue
        }
      }
      // Whoever was never told that it fires hears of it as of a new one.
      const status =
        unsaid.status === 'changed' && !alert.told.includes(batch.destination) ? 'firing' : unsaid.status
      items.push(itemOf({ ...unsaid, alert: isNews(status) ? unsaid.alert : alert, status }, now))
      runbook ??= alert.policy.runbook
      this.#note(alert, 'told', `${batch.destination}: ${status} (message ${id})`)
      if (this.#open.get(name) === undefined) continue
      this.#open.replace(name, {
        ...alert,
        told: alert.told.includes(batch.destination) ? alert.told : [...alert.told, batch.destination],
        lastTold: now,
        messages: [...alert.messages, id].slice(-20),
      })
      this.#schedule(name)
    }
    if (items.length === 0) return
    this.#notifications.push({
      id,
      destination: batch.destination,
      rule: batch.rule,
      runbook,
      link: this.#link,
      at: now,
      items,
    })
  }

  #heldBack(alert: Alert): Withheld | undefined {
    return heldBack(alert, this.#clock.now, this.silences, this.#open)
  }

  #hold(name: string, alert: Alert, withheld: Withheld): void {
    this.#withheld.set(name, alert.event.host)
    if (alert.withheld?.by !== withheld.by) this.#noteHeld(alert, withheld)
    this.#open.replace(name, { ...alert, withheld })
    this.#schedule(name)
    this.#lookAt(withheld.until)
  }

  #noteHeld(alert: Alert, { reason, by }: Withheld): void {
    this.#note(alert, 'not told', `${reason}: ${by}`)
  }

  /** Tells the alerts that were held back, that still fire, and that nothing stands against any more. */
  #reconsider(names: readonly string[], concerns: (alert: Alert) => boolean): void {
    for (const name of names) {
      const alert = this.#open.get(name)
      if (alert === undefined) this.#withheld.delete(name)
      if (alert === undefined || alert.withheld?.reason === 'flapping' || !concerns(alert)) continue
      const held = this.#heldBack(alert)
      if (held !== undefined) {
        this.#hold(name, alert, held)
        continue
      }
      this.#release(name, alert)
      if (alert.status === 'firing') this.#add(name, 'firing', alert, undefined, alert.policy.notify)
    }
  }

  #release(name: string, alert: Alert): void {
    this.#withheld.delete(name)
    this.#open.replace(name, { ...alert, withheld: undefined })
    this.#schedule(name)
  }

  /** A silence or a window may be over. */
  #holdsOver(): void {
    this.silences.expire(this.#clock.now)
    this.silences.end(() => this.#unsettled())
    this.#reconsider(this.#withheld.all(), () => true)
    this.#lookAt(this.silences.nextEnd)
    for (const name of this.#withheld.all()) this.#lookAt(this.#open.get(name)?.withheld?.until)
  }

  /** Looks at that moment, if not before, whether something is over that holds back. */
  #lookAt(moment = Number.POSITIVE_INFINITY): void {
    if (moment === Number.POSITIVE_INFINITY) return
    if (this.#holds.slot < 0 || moment < this.#holds.due) this.#clock.set(this.#holds, moment)
  }

  /** Silences without a time may be over soon. */
  #lookForEnds(): void {
    if (this.silences.ending) this.#lookAt(this.#clock.now + SILENCE_END)
  }

  /** What a silence without a time keeps: alerts that are open, and what of those that are over is yet to be told. */
  *#unsettled(): Generator<Alert> {
    for (const [, alert] of this.#open.all()) yield alert
    for (const batch of this.#batches.values()) for (const [, { alert }] of batch.unsaid) yield alert
  }

  #settled(name: string, last: Alert): void {
    const alert = this.#open.get(name)
    if (alert?.withheld?.reason === 'flapping') this.#release(name, alert)
    this.#add(name, 'settled', alert ?? last, undefined, last.policy.notify)
  }

  /** Sets the alert's timer to the next moment at which it needs attention. */
  #schedule(name: string): void {
    const alert = this.#open.get(name)
    const due = alert === undefined ? Number.POSITIVE_INFINITY : attentionDue(alert, this.#clock.now)
    const wake = this.#attention.get(name)
    if (due === Number.POSITIVE_INFINITY) {
      if (wake === undefined) return
      this.#clock.cancel(wake)
      this.#attention.delete(name)
    } else if (wake === undefined || wake.due !== due) this.#clock.set(this.#wakeOf(name), due)
  }

  #wakeOf(name: string): Wake {
    const known = this.#attention.get(name)
    if (known !== undefined) return known
    const made = new Wake(() => this.#attend(name))
    this.#attention.set(name, made)
    return made
  }

  #attend(name: string): void {
    this.#attention.delete(name)
    const alert = this.#open.get(name)
    if (alert === undefined) return
    const { now } = this.#clock
    if (alert.acknowledged?.until !== undefined && alert.acknowledged.until <= now) {
      this.#note(alert, 'acknowledgement over', alert.acknowledged.who)
      this.#open.replace(name, { ...alert, acknowledged: undefined })
    } else if (
      alert.policy.escalate !== undefined &&
      !alert.escalated &&
      now >= alert.since + alert.policy.escalate.after
    ) {
      const { to } = alert.policy.escalate
      this.#note(alert, 'escalated', `to ${to.join(', ')}: not acknowledged`)
      const escalated = { ...alert, escalated: true }
      this.#open.replace(name, escalated)
      this.#add(name, 'escalated', escalated, undefined, to)
    } else if (alert.policy.repeat !== undefined) {
      this.#note(alert, 'repeated', '')
      const repeated = { ...alert, lastTold: now }
      this.#open.replace(name, repeated)
      this.#add(name, 'repeated', repeated, undefined, alert.told)
    }
    this.#schedule(name)
  }
}

/** What is told whatever stands against telling: an end, to those who were told that it fires. */
function isNews(status: NotificationItem['status']): boolean {
  return status === 'resolved'
}

function batchName(rule: string, destination: string): string {
  return JSON.stringify([rule, destination])
}
