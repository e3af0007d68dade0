import { type Event, encodeFrame, encodeMsg, makeEvent } from 'weir-protocol'
import { Random } from './random.ts'

/** A day like others. */
export const DAY_BEGINS = '2026-03-10T00:00:00Z'
const BEGIN = Date.parse(DAY_BEGINS) * 1000
const SECOND = 1_000_000
const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** A host reports once a minute, in one of three groups. */
const STEP = 20 * SECOND
const TTL = 150

/** The host whose backup is late on every day, and when: from within the maintenance window until long after it. */
const BACKUP = { host: 11, from: 12.5 * HOUR, to: 15.5 * HOUR }

/** What is sent at one moment: messages of events. Every event says in `n` how many messages there were up to its own. */
export interface Step {
  /** Microseconds. */
  readonly at: number
  readonly messages: readonly Message[]
  /** What people do then, after the messages. */
  readonly act: Act | undefined
}

/** Something that a person does. `why` is told nowhere else. */
export type Act =
  | { readonly do: 'acknowledge'; readonly rule: string; readonly why: string }
  /** For a while, or until what it silences is over. */
  | { readonly do: 'silence'; readonly rule: string; readonly why: string; readonly ends: boolean }
  /** The configuration is edited, and the hub told so. */
  | { readonly do: 'reload'; readonly edits: number }

export interface Message {
  readonly n: number
  /** As it goes over TCP. */
  readonly frame: Uint8Array
}

export interface Day {
  readonly steps: readonly Step[]
  readonly events: number
  readonly messages: number
  /** When the last thing that the day causes is over. */
  readonly ends: number
}

/** An event before it is whole. */
type Said = Partial<Event> & { readonly time: number }

interface Span {
  readonly from: number
  readonly to: number
}

/** A quantity that goes up and down between levels it is given, in straight lines. */
class Curve {
  readonly #points: { readonly at: number; readonly value: number }[] = []

  to(at: number, value: number): void {
    this.#points.push({ at, value })
  }

  at(time: number): number {
    const next = this.#points.findIndex(({ at }) => at > time)
    const after = this.#points[next]
    const before = this.#points[next - 1]
    if (before === undefined) return this.#points.at(next < 0 ? -1 : 0)?.value ?? 0
    if (after === undefined) return before.value
    return before.value + ((after.value - before.value) * (time - before.at)) / (after.at - before.at)
  }
}

/**
 * A day of twenty hosts, minute by minute: disks that fill and are emptied, hosts and applications that die and come
 * back, half the fleet gone at once, an API that flaps, slow racks, bursts of errors, queues that build up; and people who
 * acknowledge, silence and edit the rules. The same
 * seed gives the same day. `hours` makes it shorter.
 */
export function makeDay(seed: number, hours = 24): Day {
  const random = new Random(seed)
  const length = hours * HOUR
  const hosts = Array.from({ length: 20 }, (_, number) => new Host(number, length, random))
  const outage = { from: 0.6 * length, to: 0.6 * length + 12 * MINUTE }
  for (const host of hosts.slice(0, 10)) host.dead.push(outage)
  const acts = actsOf(random, length / STEP)
  const steps: Step[] = []
  let n = 0
  let count = 0
  for (let time = 0; time < length; time += STEP) {
    const at = BEGIN + time
    const events = hosts.flatMap((host) => (host.number % 3 === (time / STEP) % 3 ? host.report(time) : []))
    const messages: Message[] = []
    while (events.length > 0) {
      n += 1
      const batch = events
        .splice(0, random.int(1, 30))
        .map(({ attributes, ...event }) =>
          makeEvent({ ...event, attributes: { ...attributes, n: String(n) } }),
        )
      messages.push({ n, frame: encodeFrame(encodeMsg({ events: batch })) })
      count += batch.length
    }
    steps.push({ at, messages, act: acts.get(time / STEP) })
  }
  return { steps, events: count, messages: n, ends: BEGIN + length + 2 * HOUR }
}

/** By the number of the step: forty alerts that are taken on, forty silences, twenty edits of the configuration. */
function actsOf(random: Random, steps: number): ReadonlyMap<number, Act> {
  const acts = new Map<number, Act>()
  const at = () => random.int(1, steps - 1)
  for (let n = 1; n <= 40; n++) {
    acts.set(at(), {
      do: 'acknowledge',
      rule: random.of(['queue', 'disk full', 'slow api']),
      why: `act ${n}`,
    })
    acts.set(at(), {
      do: 'silence',
      rule: random.of(['queue', 'disk full', 'slow api', 'host down']),
      why: `act ${n}`,
      ends: n % 3 !== 0,
    })
  }
  const reloads = new Set(Array.from({ length: 20 }, at))
  for (const [edits, step] of [...reloads].toSorted((a, b) => a - b).entries()) {
    acts.set(step, { do: 'reload', edits: edits + 1 })
  }
  return acts
}

class Host {
  readonly number: number
  readonly dead: Span[] = []
  readonly #random: Random
  readonly #appDead: Span[]
  readonly #flaps: Span[]
  readonly #bursts: Span[]
  readonly #disks: readonly Curve[]
  readonly #latency: Curve
  readonly #queue: Curve

  constructor(number: number, length: number, random: Random) {
    this.number = number
    this.#random = random
    this.dead.push(...spans(random, length, 12 * HOUR, 4, 50))
    this.#appDead = spans(random, length, 8 * HOUR, 4, 30)
    this.#flaps = spans(random, length, 6 * HOUR, 10, 40)
    this.#bursts = spans(random, length, 5 * HOUR, 3, 25)
    this.#disks = [disk(random, length), disk(random, length)]
    this.#latency = bumps(random, length, { every: 5 * HOUR, rest: 120, top: 1500 })
    this.#queue = bumps(random, length, { every: 7 * HOUR, rest: 20, top: 3000 })
  }

  /** What the host says at a time since the day began. */
  report(time: number): Said[] {
    if (isIn(this.dead, time)) return []
    const random = this.#random
    const noisy = (value: number, by: number) => Math.round(10 * (value + (random.next() - 0.5) * by)) / 10
    const host = `web-${String(this.number + 1).padStart(2, '0')}`
    const about = { host, ttl: TTL, time: BEGIN + time }
    const rack = { rack: `r${this.number % 4}` }
    const events: Said[] = [
      { ...about, service: 'uptime/uptime', metric: Math.round(time / SECOND) },
      ...this.#disks.map((curve, which) => ({
        ...about,
        service: `df-${which === 0 ? 'root' : 'var'}/percent_bytes-free`,
        metric: noisy(curve.at(time), 1.5),
      })),
      {
        ...about,
        service: 'api/latency',
        metric: Math.max(1, noisy(this.#latency.at(time), 150)),
        attributes: rack,
      },
      { ...about, service: 'api/state', state: this.#state(time), attributes: rack },
      { ...about, service: 'queue/depth', metric: Math.max(0, Math.round(noisy(this.#queue.at(time), 60))) },
    ]
    if (this.number === BACKUP.host)
      events.push({ ...about, service: 'backup/age', metric: isIn([BACKUP], time) ? 30 : 2 })
    if (!isIn(this.#appDead, time)) events.push({ ...about, service: 'heartbeat' })
    if (isIn(this.#bursts, time)) {
      for (let errors = random.int(0, 6); errors > 0; errors--)
        events.push({
          ...about,
          service: 'app/errors',
          state: 'error',
          description: `error ${random.int(1, 99)}`,
        })
    }
    return events
  }

  #state(time: number): string {
    return isIn(this.#flaps, time) && Math.floor(time / MINUTE / 2 + this.number) % 3 !== 0
      ? 'critical'
      : 'ok'
  }
}

/** Spans of `shortest` to `longest` minutes, one in `every` on average. */
function spans(random: Random, length: number, every: number, shortest: number, longest: number): Span[] {
  const found: Span[] = []
  for (let from = random.next() * every; from < length; from += every * (0.5 + random.next())) {
    found.push({ from, to: from + random.int(shortest, longest) * MINUTE })
  }
  return found
}

function isIn(spans: readonly Span[], time: number): boolean {
  return spans.some(({ from, to }) => from <= time && time < to)
}

/** The free percentage of a disk that fills, stays so for a while, and is emptied. */
function disk(random: Random, length: number): Curve {
  const curve = new Curve()
  let time = 0
  curve.to(time, random.int(30, 80))
  while (time < length) {
    time += random.int(90, 300) * MINUTE
    const low = random.of([1.5, 4.5, 5.2, 8, 9.8, 15])
    curve.to(time, low)
    time += random.int(2, 40) * MINUTE
    curve.to(time, low)
    time += random.int(1, 20) * MINUTE
    curve.to(time, random.int(30, 80))
  }
  return curve
}

/** A resting value with bumps. */
function bumps(
  random: Random,
  length: number,
  { every, rest, top }: { readonly every: number; readonly rest: number; readonly top: number },
): Curve {
  const curve = new Curve()
  curve.to(0, rest)
  for (const { from, to } of spans(random, length, every, 5, 70)) {
    const height = rest + (top - rest) * random.next()
    curve.to(from, rest)
    curve.to(from + 2 * MINUTE, height)
    curve.to(to, height)
    curve.to(to + 3 * MINUTE, rest)
  }
  return curve
}
