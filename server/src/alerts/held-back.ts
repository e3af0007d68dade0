import { SECOND, spell } from '../clock/duration.ts'
import type { LogicalClock } from '../clock/logical.ts'
import { Wake } from '../clock/wake.ts'
import type { Alert, Withheld } from './alert.ts'
import type { Alarm } from './attention.ts'
import type { Unsaid } from './batch.ts'
import { ByHost } from './by-host.ts'
import type { Note } from './decision.ts'
import { type Open, reasonAgainst } from './holds.ts'
import { Parked, type SavedParked } from './parked.ts'
import { matchText, type Silence, Silences } from './silence.ts'

/** How long after the end of an alert it is looked whether a silence without a time is over, in microseconds. */
const SILENCE_END = SECOND

const FLAPPING: Withheld = { reason: 'flapping', by: 'the flapping guard', until: undefined }

/** What is held back, for a checkpoint. */
export interface SavedHeldBack {
  readonly silences: readonly Silence[]
  /** What is held back, in the order in which it would be told. */
  readonly withheld: readonly (readonly [name: string, host: string | null])[]
  readonly parked: readonly SavedParked[]
  readonly holds: Alarm | null
}

/**
 * The alerts that are held back, what was to be told of them, and what holds them back: silences, maintenance windows,
 * the alerts of rules that they depend on, flapping. When nothing stands against telling any more, it is told.
 */
export class HeldBack {
  readonly silences = new Silences()
  /** What was to be told of the alerts that are held back. */
  readonly parked = new Parked()
  readonly #withheld = new ByHost()
  readonly #clock: LogicalClock
  readonly #open: Open
  readonly #note: Note
  readonly #tell: (name: string, destination: string, unsaid: Unsaid) => void
  readonly #isFlapping: (name: string) => boolean
  readonly #changed: (name: string) => void
  readonly #unsettled: () => Iterable<Alert>
  readonly #look: Wake

  /**
   * `tell` gets what nothing stands against any more, `changed` the name of each alert that is held back or is not any
   * more; `unsettled` gives what a silence without a time keeps: alerts that are open, and what of those that are over
   * is yet to be told.
   */
  constructor(options: {
    readonly clock: LogicalClock
    readonly open: Open
    readonly note: Note
    readonly tell: (name: string, destination: string, unsaid: Unsaid) => void
    readonly isFlapping: (name: string) => boolean
    readonly changed: (name: string) => void
    readonly unsettled: () => Iterable<Alert>
  }) {
    this.#clock = options.clock
    this.#open = options.open
    this.#note = options.note
    this.#tell = options.tell
    this.#isFlapping = options.isFlapping
    this.#changed = options.changed
    this.#unsettled = options.unsettled
    this.#look = new Wake(() => this.#lookAgain())
  }

  /** What stands against telling an alert now, flapping apart. */
  reasonAgainst(alert: Alert): Withheld | undefined {
    return reasonAgainst(alert, this.#clock.now, this.silences, this.#open)
  }

  /** From now on it is held back; because it flaps, where no other reason is given. */
  hold(name: string, alert: Alert, withheld = FLAPPING): void {
    this.#withheld.set(name, alert.event.host)
    if (alert.withheld?.by !== withheld.by) this.noteHeld(alert, withheld)
    this.#open.replace(name, { ...alert, withheld })
    this.#changed(name)
    this.#lookAt(withheld.until)
  }

  noteHeld(alert: Alert, { reason, by }: Withheld): void {
    this.#note(alert, 'not told', `${reason}: ${by}`)
  }

  /** One that is held back was heard again: it stands last, and under the host of its event. */
  heardAgain(name: string, host: string | undefined): void {
    this.#withheld.set(name, host)
  }

  /** It is not held back any more; what is parked stays. */
  forget(name: string): void {
    this.#withheld.delete(name)
  }

  /** The alert is over: so may be silences without a time. */
  over(name: string, alert: Alert): void {
    this.#withheld.delete(name)
    this.parked.delete(name)
    this.silences.over(alert)
    this.lookForEnds()
  }

  /** Silences without a time may be over soon. */
  lookForEnds(): void {
    if (this.silences.ending) this.#lookAt(this.#clock.now + SILENCE_END)
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

  /** Something else may stand against telling the alert now, or nothing. */
  reconsider(name: string): void {
    this.#reconsider([name], () => true)
  }

  /** What is parked is to be told. */
  unpark(name: string, alert: Alert): void {
    for (const [destination, { status, previous }] of this.parked.of(name))
      this.#tell(name, destination, { status, alert, previous })
    this.parked.delete(name)
  }

  save(): SavedHeldBack {
    return {
      silences: this.silences.all,
      withheld: this.#withheld.entries().map(([name, host]) => [name, host ?? null]),
      parked: this.parked.save(),
      holds: this.#look.slot < 0 ? null : [this.#look.due, this.#look.seq],
    }
  }

  /** Puts back what `save` gave, once the alerts are back. */
  load(saved: SavedHeldBack): void {
    for (const silence of saved.silences) this.silences.add(silence)
    for (const [name, host] of saved.withheld) this.#withheld.set(name, host ?? undefined)
    for (const parked of saved.parked) this.parked.load(parked)
    if (saved.holds !== null) this.#clock.restore(this.#look, saved.holds[0], saved.holds[1])
  }

  /** Tells the alerts that were held back, that still fire, and that nothing stands against any more. */
  #reconsider(names: readonly string[], concerns: (alert: Alert) => boolean): void {
    for (const name of names) {
      const alert = this.#open.get(name)
      if (alert === undefined) this.#withheld.delete(name)
      if (alert?.withheld === undefined || alert.withheld.reason === 'flapping' || !concerns(alert)) continue
      const held = this.reasonAgainst(alert)
      if (held !== undefined) {
        this.hold(name, alert, held)
        continue
      }
      const released = this.#release(name, alert)
      if (alert.status === 'firing') this.unpark(name, released)
      if (this.#isFlapping(name)) this.hold(name, released)
    }
  }

  #release(name: string, alert: Alert): Alert {
    this.#withheld.delete(name)
    // What was to be told in between is told now, and need not be repeated at once.
    const lastTold = alert.lastTold === undefined ? undefined : this.#clock.now
    const released = { ...alert, withheld: undefined, lastTold }
    this.#open.replace(name, released)
    this.#changed(name)
    return released
  }

  /** A silence or a window may be over. */
  #lookAgain(): void {
    for (const silence of this.silences.expire(this.#clock.now))
      this.#noteSilence(silence, 'silence over', 'its time is over')
    for (const silence of this.silences.end(this.#unsettled))
      this.#noteSilence(silence, 'silence over', 'nothing that it matches is open any more')
    this.#reconsider(this.#withheld.all(), () => true)
    this.#lookAt(this.silences.nextEnd)
    for (const name of this.#withheld.all()) this.#lookAt(this.#open.get(name)?.withheld?.until)
  }

  /** Looks at that moment, if not before, whether something is over that holds back. */
  #lookAt(moment = Number.POSITIVE_INFINITY): void {
    if (moment === Number.POSITIVE_INFINITY) return
    if (this.#look.slot < 0 || moment < this.#look.due) this.#clock.set(this.#look, moment)
  }

  #noteSilence({ id, match }: Silence, what: 'silenced' | 'silence over', detail: string): void {
    this.#note({ id, rule: match.rule ?? '', key: [] }, what, detail)
  }
}
