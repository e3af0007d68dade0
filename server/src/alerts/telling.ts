import { SECOND, spell } from '../clock/duration.ts'
import type { LogicalClock } from '../clock/logical.ts'
import { Wake } from '../clock/wake.ts'
import type { Notification, NotificationItem } from '../outputs/notification.ts'
import type { Ping } from '../rules/effects.ts'
import type { Alert, AlertChange, Withheld } from './alert.ts'
import { type Alarm, Attention } from './attention.ts'
import { type Batch, itemOf, type SavedBatch } from './batch.ts'
import { Batches } from './batches.ts'
import { ByHost } from './by-host.ts'
import type { Note } from './decision.ts'
import { FlapGuard, type SavedFlap } from './flapping.ts'
import { heldBack, type Open } from './holds.ts'
import { Parked, type SavedParked } from './parked.ts'
import { matchText, type Silence, Silences } from './silence.ts'

/** How long after the end of an alert it is looked whether a silence without a time is over, in microseconds. */
const SILENCE_END = SECOND

const FLAPPING: Withheld = { reason: 'flapping', by: 'the flapping guard', until: undefined }

/** What telling holds, for a checkpoint. */
export interface SavedTelling {
  readonly silences: readonly Silence[]
  readonly flaps: readonly SavedFlap[]
  readonly batches: readonly SavedBatch[]
  readonly attention: readonly (readonly [name: string, alarm: Alarm])[]
  /** What is held back, in the order in which it would be told. */
  readonly withheld: readonly (readonly [name: string, host: string | null])[]
  readonly parked: readonly SavedParked[]
  readonly holds: Alarm | null
}

/**
 * Whom an alert is told to, when, and why not. Each change stands in the batch of its rule and destination until that
 * closes; what then stands against telling it (a silence, a maintenance window, the alert of a rule it depends on)
 * holds it back: it is parked, and told when nothing does any more and it still fires. Its end goes where its firing went.
 */
export class Telling {
  readonly silences = new Silences()
  readonly #clock: LogicalClock
  readonly #open: Open
  readonly #nextId: () => string
  readonly #link: string | undefined
  readonly #note: Note
  readonly #batches: Batches
  readonly #flaps: FlapGuard
  readonly #attention: Attention
  /** The alerts that are held back, and what was to be told of them. */
  readonly #withheld = new ByHost()
  readonly #parked = new Parked()
  readonly #holds: Wake
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
    this.#attention = new Attention(options.clock, (name) => this.#attend(name))
    this.#batches = new Batches(options.clock, (batch) => this.#close(batch))
    this.#flaps = new FlapGuard(options.clock, (name, last, told) => this.#settled(name, last, told))
    this.#holds = new Wake(() => this.#holdsOver())
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
      if (this.#flaps.isFlapping(name)) this.#hold(name, alert, FLAPPING)
      return
    }
    this.#flaps.changed(name, alert)
    if (kind === 'resolved') this.#resolved(name, alert, previous)
    else if (kind === 'changed' && !this.#flaps.isFlapping(name)) {
      this.#add(name, 'changed', alert, previous, [...new Set([...alert.policy.notify, ...alert.told])])
    }
    this.#schedule(name)
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
    if (alert.withheld !== undefined) this.#withheld.set(name, alert.event.host)
    else {
      this.#unpark(name, alert)
      this.#introduce(name, alert)
    }
    this.#schedule(name)
  }

  /** The alert is told in another way from now on: those who are to know of it, and do not, are told that it fires. */
  renewed(name: string): void {
    this.#reconsider([name], () => true)
    const alert = this.#open.get(name)
    if (alert?.status === 'firing') this.#introduce(name, alert)
    this.#schedule(name)
  }

  /** An alert that others depend on does not fire any more: those that still fire are told. */
  parentOver(host: string | undefined): void {
    this.#reconsider(this.#withheld.of(host), (alert) => alert.withheld?.reason === 'dependsOn')
  }

  silence(silence: Silence): void {
    this.silences.add(silence)
    const { who, why, since, until } = silence
    const length = until === undefined ? 'until it is over' : `for ${spell(until - since)}`
    this.#noteSilence(silence, 'silenced', `${matchText(silence.match)}, ${length}, by ${who}: ${why}`)
    this.#lookAt(silence.until)
  }

  /** Ends a silence before its time; answers whether there was one. `by`: who did, and why. */
  unsilence(id: string, by = ''): boolean {
    const removed = this.silences.remove(id)
    if (removed === undefined) return false
    this.#noteSilence(removed, 'silence over', by === '' ? 'ended by hand' : `ended by ${by}`)
    this.#reconsider(this.#withheld.all(), (alert) => alert.withheld?.by === id)
    return true
  }

  /** The acknowledgement of an alert has changed: while it has one, it is neither repeated nor escalated. */
  acknowledged(name: string): void {
    const alert = this.#open.get(name)
    if (alert?.acknowledged !== undefined) this.#calm(name, alert)
    this.#schedule(name)
  }

  save(): SavedTelling {
    return {
      silences: this.silences.all,
      flaps: this.#flaps.save(),
      batches: this.#batches.save(),
      attention: this.#attention.save(),
      withheld: this.#withheld.entries().map(([name, host]) => [name, host ?? null]),
      parked: this.#parked.save(),
      holds: this.#holds.slot < 0 ? null : [this.#holds.due, this.#holds.seq],
    }
  }

  /** Puts back what `save` gave, once the alerts are back. */
  load(saved: SavedTelling): void {
    for (const silence of saved.silences) this.silences.add(silence)
    for (const flap of saved.flaps) this.#flaps.load(flap)
    for (const batch of saved.batches) this.#batches.load(batch)
    this.#attention.load(saved.attention)
    for (const [name, host] of saved.withheld) this.#withheld.set(name, host ?? undefined)
    for (const parked of saved.parked) this.#parked.load(parked)
    if (saved.holds !== null) this.#clock.restore(this.#holds, saved.holds[0], saved.holds[1])
  }

  #resolved(name: string, alert: Alert, previous: string | undefined): void {
    this.#withheld.delete(name)
    this.#parked.delete(name)
    this.silences.over(alert)
    this.#lookForEnds()
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
      else if (!this.#parked.has(name, destination))
        this.#parked.put(name, destination, { alert, status: 'firing', previous: undefined })
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
    for (const [destination, { status }] of this.#parked.of(name)) {
      if (!asks(status)) continue
      this.#parked.delete(name, destination)
      dropped(status, destination)
    }
    if (escalating) this.#open.replace(name, { ...alert, escalated: false })
  }

  /** The batch is over: what nothing stands against becomes one message. */
  #close(batch: Batch): void {
    const { destination, rule } = batch
    this.#lookForEnds()
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
        const held = this.#heldBack(alert)
        if (held !== undefined) {
          if (alert.status === 'resolved') this.#noteHeld(alert, held)
          else {
            this.#parked.put(name, destination, unsaid)
            this.#hold(name, alert, held)
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
      this.#schedule(name)
    }
    if (items.length === 0) return
    this.#notifications.push({ id, destination, rule, runbook, link: this.#link, at: now, items })
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

  #noteSilence({ id, match }: Silence, what: 'silenced' | 'silence over', detail: string): void {
    this.#note({ id, rule: match.rule ?? '', key: [] }, what, detail)
  }

  #noteHeld(alert: Alert, { reason, by }: Withheld): void {
    this.#note(alert, 'not told', `${reason}: ${by}`)
  }

  /** Tells the alerts that were held back, that still fire, and that nothing stands against any more. */
  #reconsider(names: readonly string[], concerns: (alert: Alert) => boolean): void {
    for (const name of names) {
      const alert = this.#open.get(name)
      if (alert === undefined) this.#withheld.delete(name)
      if (alert?.withheld === undefined || alert.withheld.reason === 'flapping' || !concerns(alert)) continue
      const held = this.#heldBack(alert)
      if (held !== undefined) {
        this.#hold(name, alert, held)
        continue
      }
      const released = this.#release(name, alert)
      if (alert.status === 'firing') this.#unpark(name, released)
      if (this.#flaps.isFlapping(name)) this.#hold(name, released, FLAPPING)
    }
  }

  #release(name: string, alert: Alert): Alert {
    this.#withheld.delete(name)
    // What was to be told in between is told now, and need not be repeated at once.
    const lastTold = alert.lastTold === undefined ? undefined : this.#clock.now
    const released = { ...alert, withheld: undefined, lastTold }
    this.#open.replace(name, released)
    this.#schedule(name)
    return released
  }

  /** What is parked is to be told. */
  #unpark(name: string, alert: Alert): void {
    for (const [destination, { status, previous }] of this.#parked.of(name))
      this.#add(name, status, alert, previous, [destination])
    this.#parked.delete(name)
  }

  /** A silence or a window may be over. */
  #holdsOver(): void {
    for (const silence of this.silences.expire(this.#clock.now))
      this.#noteSilence(silence, 'silence over', 'its time is over')
    for (const silence of this.silences.end(() => this.#unsettled()))
      this.#noteSilence(silence, 'silence over', 'nothing that it matches is open any more')
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
    for (const batch of this.#batches.all()) for (const [, { alert }] of batch.unsaid) yield alert
  }

  /** It flaps no more: those who know that it did are told how it stands, the others as if it never had. */
  #settled(name: string, last: Alert, told: readonly string[]): void {
    const pending = this.#batches
      .with(last.rule, name)
      .filter(({ destination }) => !told.includes(destination))
    for (const batch of pending) batch.remove(name)
    this.#parked.delete(name)
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
    if (held === undefined) this.#withheld.delete(name)
    this.#open.replace(name, known)
    this.#add(name, 'settled', known, undefined, told)
    this.#introduce(name, known)
    this.#schedule(name)
  }

  #schedule(name: string): void {
    this.#attention.schedule(name, this.#open.get(name))
  }

  #attend(name: string): void {
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
      this.#remind(name, 'escalated', escalated, to)
    } else if (alert.policy.repeat !== undefined) {
      this.#note(alert, 'repeated', '')
      const repeated = { ...alert, lastTold: now }
      this.#open.replace(name, repeated)
      this.#remind(name, 'repeated', repeated, alert.told)
    }
    this.#schedule(name)
  }
}

/** What is told whatever stands against telling: an end, to those who were told of the beginning. */
function isNews(status: NotificationItem['status'], alert: Alert): boolean {
  return status === 'resolved' || (status === 'settled' && alert.status === 'resolved')
}
