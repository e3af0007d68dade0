import { isExpired } from 'weir-protocol'
import { spell } from '../clock/duration.ts'
import type { LogicalClock } from '../clock/logical.ts'
import type { Notification } from '../outputs/notification.ts'
import type { AlertOptions, AlertSignal } from '../rules/effects.ts'
import { type Acknowledgement, type Alert, type AlertChange, nameOf } from './alert.ts'
import type { Decision, Note } from './decision.ts'
import { Firing } from './firing.ts'
import { causeOf, openedBy, summaryOf } from './from-signal.ts'
import { type AlertPolicy, policyOf } from './policy.ts'
import type { Silence } from './silence.ts'
import { type SavedTelling, Telling } from './telling.ts'

/** What the book has decided since it was last asked. */
export interface Decisions {
  readonly changes: readonly AlertChange[]
  readonly notifications: readonly Notification[]
  /** Open alerts that were replaced without a change of theirs: a message was written for them, they are held back … */
  readonly touched: readonly Alert[]
  readonly log: readonly Decision[]
}

/** What the book holds, for a checkpoint. */
export type BookLine =
  | { readonly kind: 'alert'; readonly alert: Alert }
  /** The ids of the alerts that fire, in the order in which they last changed; after the lines of the alerts. */
  | { readonly kind: 'firing'; readonly ids: readonly string[] }
  | { readonly kind: 'telling'; readonly telling: SavedTelling }

/** How many alerts may be open at a time unless told otherwise; beyond it new ones are refused, counted. */
export const OPEN_LIMIT = 100_000
/** The states in which there is nothing to tell, unless a rule says otherwise. */
const OK = ['ok']

/**
 * Which alerts are open, by rule and key. It lives by the logical clock alone and is the same in replay; the tables are
 * its projection.
 *
 * An alert fires, may change its severity, may become stale (its event expired) and is resolved. What is told of that,
 * to whom and when is `Telling`'s.
 */
export class AlertBook {
  readonly counters = { fired: 0, resolved: 0, refused: 0 }
  readonly telling: Telling
  readonly #open = new Map<string, Alert>()
  readonly #firing = new Firing()
  readonly #clock: LogicalClock
  readonly #nextId: () => string
  readonly #limit: number
  readonly #refused: (signal: AlertSignal) => void
  #changes: AlertChange[] = []
  readonly #touched = new Map<string, Alert>()
  #log: Decision[] = []

  /** `nextId` gives ids that are unique and the same in replay; `link` is the page's address for messages. */
  constructor(options: {
    readonly clock: LogicalClock
    readonly nextId: () => string
    readonly link?: string | undefined
    readonly limit?: number
    /** Hears of each alert that found no room. */
    readonly refused?: (signal: AlertSignal) => void
  }) {
    this.#limit = options.limit ?? OPEN_LIMIT
    this.#refused = options.refused ?? (() => {})
    this.#clock = options.clock
    this.#nextId = options.nextId
    this.telling = new Telling({
      clock: options.clock,
      nextId: options.nextId,
      link: options.link,
      note: this.#note,
      open: {
        get: (name) => this.#open.get(name),
        all: () => this.#open,
        firing: (rule, host) => this.#firing.first(rule, host),
        replace: (name, alert) => {
          this.#open.set(name, alert)
          this.#touched.set(name, alert)
        },
      },
    })
  }

  /** The alerts that fire or are stale. */
  get open(): Iterable<Alert> {
    return this.#open.values()
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether the alert of this rule and key fires or is stale. */
  isOpen(rule: string, key: readonly (string | undefined)[]): boolean {
    return this.#open.has(nameOf(rule, key))
  }

  signal(signal: AlertSignal): void {
    const { state, event, options } = signal
    // While all is well, names need not be made.
    if (this.#open.size === 0 && (isExpired(event) || (options.ok ?? OK).includes(state))) return
    const name = nameOf(signal.rule, signal.key)
    const alert = this.#open.get(name)
    if (isExpired(event)) {
      if (alert?.status === 'firing')
        this.#change(name, 'stale', { ...alert, status: 'stale' }, alert.severity)
      return
    }
    const ok = (options.ok ?? OK).includes(state)
    if (alert === undefined) {
      if (!ok) this.#fire(name, signal)
      return
    }
    const policy = policyOf(options)
    if (ok) {
      const resolved: Alert = { ...alert, status: 'resolved', summary: summaryOf(signal), event, policy }
      this.#change(name, 'resolved', resolved, alert.severity)
    } else if (alert.severity !== state) {
      const changed: Alert = {
        ...alert,
        status: 'firing',
        severity: state,
        summary: summaryOf(signal),
        event,
        cause: causeOf(signal),
        policy,
      }
      this.#change(name, 'changed', changed, alert.severity)
    } else if (alert.status === 'stale') {
      // Heard again as it was: nobody is told.
      this.#change(name, 'firing', { ...alert, status: 'firing', event, policy }, alert.severity)
    } else this.#renew(name, alert, policy)
  }

  /** Closes the alerts of a host (or of one of its services), because it was decommissioned; told to those who know of them. */
  forget(host: string | undefined, service?: string): void {
    for (const [name, alert] of [...this.#open]) {
      if (alert.event.host !== host || (service !== undefined && alert.event.service !== service)) continue
      this.#forget(name, alert, service === undefined ? 'its host is gone' : 'its service is gone')
    }
  }

  /** Closes the alerts for which there is a reason to; told to those who know of them. Answers them. */
  retire(reasonOf: (alert: Alert) => string | undefined): readonly Alert[] {
    return [...this.#open].flatMap(([name, alert]) => {
      const reason = reasonOf(alert)
      if (reason === undefined) return []
      this.#forget(name, alert, reason)
      return [alert]
    })
  }

  /** The alerts of rules are told in another way from now on, also those that are open. */
  renew(optionsOf: ReadonlyMap<string, AlertOptions>): void {
    for (const [name, alert] of [...this.#open]) {
      const options = optionsOf.get(alert.rule)
      if (options !== undefined) this.#renew(name, alert, policyOf(options))
    }
  }

  /** Somebody takes an alert on (or, with `undefined`, it is given back, `by` whom and why). Answers whether it is open. */
  acknowledge(id: string, acknowledged: Acknowledgement | undefined, by = ''): boolean {
    for (const [name, alert] of this.#open) {
      if (alert.id !== id) continue
      if (acknowledged === undefined)
        this.#note(alert, 'acknowledgement over', by === '' ? 'taken back' : `taken back by ${by}`)
      else {
        const { who, why, at, until } = acknowledged
        const length = until === undefined ? '' : `, for ${spell(until - at)}`
        this.#note(alert, 'acknowledged', `by ${who}: ${why}${length}`)
      }
      const next = { ...alert, acknowledged }
      this.#open.set(name, next)
      this.#touched.set(name, next)
      this.telling.acknowledged(name)
      return true
    }
    return false
  }

  /** Lets a silence hold back from now on. Answers its id. */
  silence(silence: Omit<Silence, 'id' | 'since' | 'ending'>): string {
    const id = `s-${this.#nextId()}`
    this.telling.silence({ ...silence, id, since: this.#clock.now, ending: false })
    return id
  }

  /** How many decisions wait to be taken. */
  get decided(): number {
    return this.#log.length
  }

  /** What was decided since the last call. */
  take(): Decisions {
    const decisions = {
      changes: this.#changes,
      notifications: this.telling.take(),
      touched: [...this.#touched.values()],
      log: this.#log,
    }
    this.#changes = []
    this.#touched.clear()
    this.#log = []
    return decisions
  }

  /** What the book holds now; alerts are never changed, only replaced, so the lines stay as they are. */
  save(): readonly BookLine[] {
    const alerts = [...this.#open.values()].map((alert): BookLine => ({ kind: 'alert', alert }))
    return [
      ...alerts,
      { kind: 'firing', ids: this.#firing.all() },
      { kind: 'telling', telling: this.telling.save() },
    ]
  }

  /** Puts back a line of `save`, in their order. */
  load(line: BookLine): void {
    if (line.kind === 'telling') this.telling.load(line.telling)
    else if (line.kind === 'alert') this.#open.set(nameOf(line.alert.rule, line.alert.key), line.alert)
    else {
      const open = new Map([...this.#open.values()].map((alert) => [alert.id, alert]))
      for (const alert of line.ids.map((id) => open.get(id)))
        if (alert !== undefined) this.#firing.note(alert)
    }
  }

  #renew(name: string, alert: Alert, policy: AlertPolicy): void {
    if (alert.policy === policy) return
    const renewed = { ...alert, policy }
    this.#open.set(name, renewed)
    // After a restart it is the same policy, though not the same object.
    if (JSON.stringify(alert.policy) === JSON.stringify(policy)) return
    this.#touched.set(name, renewed)
    this.telling.renewed(name)
  }

  #forget(name: string, alert: Alert, why: string): void {
    this.#note(alert, 'forgotten', why)
    const told = this.telling.forget(name, alert)
    this.#change(name, 'resolved', { ...alert, status: 'resolved', told, closed: why }, alert.severity)
  }

  #fire(name: string, signal: AlertSignal): void {
    if (this.#open.size >= this.#limit) {
      this.counters.refused += 1
      this.#refused(signal)
      return
    }
    this.counters.fired += 1
    this.#change(name, 'firing', openedBy(signal, this.#nextId(), this.#clock.now), undefined)
  }

  #change(name: string, kind: AlertChange['kind'], next: Alert, previous: string | undefined): void {
    const alert: Alert = { ...next, changed: this.#clock.now }
    this.#touched.delete(name)
    if (alert.status === 'resolved') {
      this.#open.delete(name)
      this.counters.resolved += 1
    } else this.#open.set(name, alert)
    const left = this.#firing.note(alert)
    const heardAgain = kind === 'firing' && previous !== undefined
    const listeners = alert.closed === undefined ? alert.policy.notify : alert.told
    const tell = kind === 'stale' || heardAgain ? [] : listeners
    const change: AlertChange = { kind, at: this.#clock.now, alert, previous, tell }
    this.#changes.push(change)
    this.#note(
      alert,
      kind === 'firing' ? 'fired' : kind,
      kind === 'changed' ? `${previous} to ${alert.severity}` : alert.severity,
    )
    if (heardAgain) this.telling.heardAgain(name)
    else this.telling.changed(name, change)
    // A rule that is not split by host may fire for one host and be resolved by an event of another.
    for (const host of left) this.telling.parentOver(host)
  }

  readonly #note: Note = ({ id, rule, key }, what, detail, message) => {
    this.#log.push({
      id: this.#nextId(),
      at: this.#clock.now,
      alert: id,
      rule,
      key,
      what,
      detail,
      ...(message === undefined ? {} : { message }),
    })
  }
}
