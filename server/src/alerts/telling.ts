import type { LogicalClock } from '../clock/logical.ts'
import type { Notification, NotificationItem } from '../outputs/notification.ts'
import type { Ping } from '../rules/effects.ts'
import type { Alert, AlertChange } from './alert.ts'
import { type Alarm, Attention } from './attention.ts'
import { type Batch, itemOf, type SavedBatch } from './batch.ts'
import { Batches } from './batches.ts'
import type { Note } from './decision.ts'
import { FlapGuard, type SavedFlap } from './flapping.ts'
import { HeldBack, type SavedHeldBack } from './held-back.ts'
import type { Open } from './holds.ts'
import type { Silence, Silences } from './silence.ts'

/** What telling holds, for a checkpoint. */
export interface SavedTelling extends SavedHeldBack {
  readonly flaps: readonly SavedFlap[]
  readonly batches: readonly SavedBatch[]
  readonly attention: readonly (readonly [name: string, alarm: Alarm])[]
}

/**
 * Whom an alert is told to, when, and why not. Each change stands in the batch of its rule and destination until that
 * closes; what then stands against telling it (a silence, a maintenance window, the alert of a rule it depends on)
 * holds it back: it is parked, and told when nothing does any more and it still fires. Its end goes where its firing went.
 */
export class Telling {
  readonly #clock: LogicalClock
  readonly #open: Open
  readonly #nextId: () => string
  readonly #link: string | undefined
  readonly #note: Note
  readonly #batches: Batches
  readonly #flaps: FlapGuard
  readonly #attention: Attention
  readonly #held: HeldBack
  #notifications: Notification[] = []

  constructor(options: {
    readonly clock: LogicalClock
    readonly open: Open
    readonly nextId: () => string
    readonly link: string | undefined
    readonly note: Note
  }) {
    this.#clock = options.clock
    this.#open = options.open
    this.#nextId = options.nextId
    this.#link = options.link
    this.#note = options.note
    this.#attention = new Attention({
      ...{ clock: options.clock, open: options.open, note: options.note },
      remind: (name, status, alert, to) => this.#remind(name, status, alert, to),
    })
    this.#batches = new Batches(options.clock, (batch) => this.#close(batch))
    this.#flaps = new FlapGuard(options.clock, (name, last, told) => this.#settled(name, last, told))
    this.#held = new HeldBack({
      clock: options.clock,
      open: options.open,
      note: options.note,
      tell: (name, destination, { status, alert, previous }) =>
        this.#add(name, status, alert, previous, [destination]),
      isFlapping: (name) => this.#flaps.isFlapping(name),
      changed: (name) => this.#attention.schedule(name),
      unsettled: () => this.#unsettled(),
    })
  }

  get silences(): Silences {
    return this.#held.silences
  }

  /** The messages that were written since the last call. */
  take(): readonly Notification[] {
    const notifications = this.#notifications
    this.#notifications = []
    return notifications
  }

  /** A message that no alert is behind: nothing holds it back. */
  ping({ rule, destination, event }: Ping): void {
    const { now } = this.#clock
    const { host, service } = event
    const summary = 'the hub takes events in, and its rules run'
    const item = { severity: 'ok', key: [], host, service, summary, since: now, at: now }
    this.#notifications.push({
      id: this.#nextId(),
      destination,
      rule,
      at: now,
      items: [{ status: 'repeated', ...item }],
    })
  }

  /** An alert changed. */
  changed(name: string, { kind, alert, previous }: AlertChange): void {
    if (kind === 'firing') {
      if (this.#flaps.fired(name, alert)) this.#add(name, 'flapping', alert, previous, alert.policy.notify)
      else if (!this.#flaps.isFlapping(name)) this.#add(name, 'firing', alert, previous, alert.policy.notify)
      if (this.#flaps.isFlapping(name)) this.#held.hold(name, alert)
      return
    }
    this.#flaps.changed(name, alert)
    if (kind === 'resolved') this.#resolved(name, alert, previous)
    else if (kind === 'changed' && !this.#flaps.isFlapping(name)) {
      this.#add(name, 'changed', alert, previous, [...new Set([...alert.policy.notify, ...alert.told])])
    }
    this.#attention.schedule(name)
  }

  /**
   * The alert is closed without being well again: what was to be told of it is not. Answers the destinations that know
   * of it.
   */
  forget(name: string, alert: Alert): readonly string[] {
    for (const batch of this.#batches.with(alert.rule, name)) batch.remove(name)
    return [...new Set([...alert.told, ...this.#flaps.forget(name)])]
  }

  /** A stale alert was heard again as it was: it is told only to those who have not been told that it fires. */
  heardAgain(name: string): void {
    const alert = this.#open.get(name)
    if (alert === undefined) return
    if (alert.withheld !== undefined) this.#held.heardAgain(name, alert.event.host)
    else {
      this.#held.unpark(name, alert)
      this.#introduce(name, alert)
    }
    this.#attention.schedule(name)
  }

  /** The alert is told in another way from now on: those who are to know of it, and do not, are told that it fires. */
  renewed(name: string): void {
    this.#held.reconsider(name)
    const alert = this.#open.get(name)
    if (alert?.status === 'firing') this.#introduce(name, alert)
    this.#attention.schedule(name)
  }

  /** An alert that others depend on does not fire any more: those that still fire are told. */
  parentOver(host: string | undefined): void {
    this.#held.parentOver(host)
  }

  silence(silence: Silence): void {
    this.#held.silence(silence)
  }

  /** Ends a silence before its time; answers whether there was one. `by`: who did, and why. */
  unsilence(id: string, by = ''): boolean {
    return this.#held.unsilence(id, by)
  }

  /** The acknowledgement of an alert has changed: while it has one, it is neither repeated nor escalated. */
  acknowledged(name: string): void {
    const alert = this.#open.get(name)
    if (alert?.acknowledged !== undefined) this.#calm(name, alert)
    this.#attention.schedule(name)
  }

  save(): SavedTelling {
    return {
      ...this.#held.save(),
      flaps: this.#flaps.save(),
      batches: this.#batches.save(),
      attention: this.#attention.save(),
    }
  }

  /** Puts back what `save` gave, once the alerts are back. */
  load(saved: SavedTelling): void {
    this.#held.load(saved)
    for (const flap of saved.flaps) this.#flaps.load(flap)
    for (const batch of saved.batches) this.#batches.load(batch)
    this.#attention.load(saved.attention)
  }

  #resolved(name: string, alert: Alert, previous: string | undefined): void {
    this.#held.over(name, alert)
    if (this.#flaps.isFlapping(name)) return
    const listeners = new Set(alert.told)
    for (const batch of this.#batches.with(alert.rule, name)) {
      if (batch.statusOf(name) === 'escalated' && !listeners.has(batch.destination)) {
        // Nobody is called for what is over.
        batch.remove(name)
        this.#note(alert, 'not told', `${batch.destination}: over before its escalation was told`)
      } else listeners.add(batch.destination)
    }
    this.#add(name, 'resolved', alert, previous, [...listeners])
    if (listeners.size === 0 && alert.closed === undefined && alert.policy.notify.length > 0) {
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
      this.#batches.to(alert.rule, destination).add(name, { status, alert, previous }, alert.policy)
  }

  /** The same again, worded for each destination by whether it knows that the alert fires. */
  #remind(name: string, status: 'repeated' | 'escalated', alert: Alert, to: readonly string[]): void {
    for (const destination of to) {
      this.#add(name, status, alert, alert.told.includes(destination) ? alert.severity : undefined, [
        destination,
      ])
    }
  }

  /** Tells those who are to know that the alert fires and whom nobody has told, nor is about to. */
  #introduce(name: string, alert: Alert): void {
    if (alert.withheld?.reason === 'flapping') return
    const waiting = this.#batches.with(alert.rule, name).map(({ destination }) => destination)
    for (const destination of alert.policy.notify) {
      if (alert.told.includes(destination) || waiting.includes(destination)) continue
      if (alert.withheld === undefined) this.#add(name, 'firing', alert, undefined, [destination])
      else if (!this.#held.parked.has(name, destination))
        this.#held.parked.put(name, destination, { alert, status: 'firing', previous: undefined })
    }
  }

  /** Takes back what only asks somebody to see to it. */
  #calm(name: string, alert: Alert): void {
    const asks = (status: NotificationItem['status'] | undefined) =>
      status === 'repeated' || status === 'escalated'
    let escalating = false
    const dropped = (status: NotificationItem['status'] | undefined, destination: string) => {
      escalating ||= status === 'escalated'
      this.#note(alert, 'not told', `${destination}: acknowledged before it was ${status}`)
    }
    for (const batch of this.#batches.with(alert.rule, name)) {
      const status = batch.statusOf(name)
      if (!asks(status)) continue
      batch.remove(name)
      dropped(status, batch.destination)
    }
    for (const [destination, { status }] of this.#held.parked.of(name)) {
      if (!asks(status)) continue
      this.#held.parked.delete(name, destination)
      dropped(status, destination)
    }
    if (escalating) this.#open.replace(name, { ...alert, escalated: false })
  }

  /** The batch is over: what nothing stands against becomes one message. */
  #close(batch: Batch): void {
    const { destination, rule } = batch
    this.#held.lookForEnds()
    const { now } = this.#clock
    const id = this.#nextId()
    const items: NotificationItem[] = []
    let runbook: string | undefined
    for (const [name, unsaid] of batch.unsaid) {
      const alert = this.#open.get(name) ?? unsaid.alert
      const knows = alert.told.includes(destination)
      // It changed and changed back.
      if (unsaid.status === 'changed' && unsaid.previous === alert.severity && knows) continue
      if (!isNews(unsaid.status, alert)) {
        const held = this.#held.reasonAgainst(alert)
        if (held !== undefined) {
          if (alert.status === 'resolved') this.#held.noteHeld(alert, held)
          else {
            this.#held.parked.put(name, destination, unsaid)
            this.#held.hold(name, alert, held)
          }
          continue
        }
      }
      // Whoever was never told that it fires hears of it as of a new one.
      const status = unsaid.status === 'changed' && !knows ? 'firing' : unsaid.status
      if (status === 'flapping') this.#flaps.told(name, destination)
      items.push(itemOf({ ...unsaid, alert: status === 'resolved' ? unsaid.alert : alert, status }, now))
      runbook ??= alert.policy.runbook
      this.#note(alert, 'telling', `${destination}: ${status}`, id)
      if (this.#open.get(name) === undefined) continue
      this.#open.replace(name, {
        ...alert,
        told: knows ? alert.told : [...alert.told, destination],
        lastTold: now,
        messages: [...alert.messages, id].slice(-20),
      })
      this.#attention.schedule(name)
    }
    if (items.length === 0) return
    this.#notifications.push({ id, destination, rule, runbook, link: this.#link, at: now, items })
  }

  /** What a silence without a time keeps: alerts that are open, and what of those that are over is yet to be told. */
  *#unsettled(): Generator<Alert> {
    for (const [, alert] of this.#open.all()) yield alert
    for (const batch of this.#batches.all()) for (const [, { alert }] of batch.unsaid) yield alert
  }

  /** It flaps no more: those who know that it did are told how it stands, the others as if it never had. */
  #settled(name: string, last: Alert, told: readonly string[]): void {
    const pending = this.#batches
      .with(last.rule, name)
      .filter(({ destination }) => !told.includes(destination))
    for (const batch of pending) batch.remove(name)
    this.#held.parked.delete(name)
    const alert = this.#open.get(name)
    if (alert === undefined) {
      this.#add(name, 'settled', last, undefined, told)
      const waited = pending.map(({ destination }) => destination)
      this.#add(name, 'blip', last, undefined, waited)
      if (told.length + waited.length === 0 && last.policy.notify.length > 0)
        this.#note(last, 'not told', 'that it has settled: nobody had been told that it flaps')
      return
    }
    const held = alert.withheld?.reason === 'flapping' ? undefined : alert.withheld
    const known = { ...alert, told: [...new Set([...alert.told, ...told])], withheld: held }
    if (held === undefined) this.#held.forget(name)
    this.#open.replace(name, known)
    this.#add(name, 'settled', known, undefined, told)
    this.#introduce(name, known)
    this.#attention.schedule(name)
  }
}

/** What is told whatever stands against telling: an end, to those who were told of the beginning. */
function isNews(status: NotificationItem['status'], alert: Alert): boolean {
  return status === 'resolved' || (status === 'settled' && alert.status === 'resolved')
}
