import type { OperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { type When, whenTest } from '../rules/match.ts'
import { type StepContext, step } from '../rules/step.ts'
import type { Key } from './by.ts'
import type { Kept } from './kept.ts'
import { invalid, onlyMembers, whole } from './parameters.ts'
import { emptyRanking, itemOf, least, put, type Ranking, remove } from './ranking.ts'

type Side = 'left' | 'right'

/** Which events find each other; see `join`. */
export type Pairing = 'once' | 'latest' | 'lookup'

export interface JoinOptions<Alone extends Side | 'both'> {
  /** What both have to have in common: a field, a pure function of the event, or several of them. */
  readonly key: Key | readonly Key[]
  /** How far apart they may arrive. */
  readonly within: Duration
  /** Default `'once'`. */
  readonly pairing?: Pairing
  /** Of which side what found no other is handed on, too. Default: of none. */
  readonly unmatched?: Alone
  /** How many events may wait in all; beyond it a new one does not, counted as a failure. Default 10,000. */
  readonly max?: number
  /** How many of one key may wait with `pairing: 'once'`; beyond it the same. Default 100. */
  readonly maxPerKey?: number
}

/** Two events that belong together; with `unmatched` also one that found no other. */
export type Joined<Alone extends Side | 'both' = never> =
  | readonly [left: Event, right: Event]
  | (Alone extends 'left' | 'both' ? readonly [left: Event, right: undefined] : never)
  | (Alone extends 'right' | 'both' ? readonly [left: undefined, right: Event] : never)

interface Waiting extends Kept {
  /** Whether it has found another one. */
  readonly met: boolean
}

/** What waits of one key, each side in the order of arrival. */
type Sides = Readonly<Record<Side, Waiting[]>>

/** Changed in place: a copy for each event would cost as much as there waits. */
interface State {
  /** By the oldest arrival of each key. */
  readonly keys: Ranking<Sides>
  /** How many events wait. */
  size: number
}

/**
 * Puts two events of the same key together that arrive within a time of each other: a deploy and the errors after it, a
 * request and its response. Hands on pairs `[left, right]`, whichever came first; what to make of them says the `map` or
 * `smap` behind it.
 *
 * `left` and `right` are conditions as in `where`. An event that meets neither, has no key (a part of it is undefined), or
 * is expired takes no part; one that meets both is a left one. How long what came first waits is said by `within` alone:
 * ttls play no part, and an expired event ends nothing.
 *
 * - `pairing: 'once'`: each event is in one pair at most; of several that wait the oldest is taken.
 * - `pairing: 'latest'`: each event meets the latest of the other side, which stays until a newer one takes its place.
 * - `pairing: 'lookup'`: only the left ones stay; a right one, here also an expired one, meets the latest left one before
 *   it, and waits for none.
 *
 * `unmatched: 'left'` (or `'right'`, `'both'`) also hands on `[left, undefined]`, once, of what has met no other when it
 * no longer can: its time is over, or a newer one took its place; in a `'lookup'` a right one at once.
 *
 * By the hub's clock, from arrivals, not the events' own times. Arrivals exactly `within` apart are not together. While
 * the hub could not listen, no time is counted. At most `max` events wait (default 10,000), and with `'once'`
 * `maxPerKey` of a key (default 100): a new one that finds no room does not wait, counted as a failure; of those that do
 * none is given up early. O(log keys) an event.
 *
 * `project` is no join: it keeps the latest of each condition for its ttl and passes all of them with each change.
 * Riemann has no such function.
 *
 * @example
 * pipe(
 *   join({ service: 'request' }, { service: 'response' }, {
 *     key: (event) => event.attributes.id, within: '30s', unmatched: 'left',
 *   }),
 *   map(([request, response]) => ({ ...request, state: response === undefined ? 'critical' : 'ok' })),
 * )
 * @example
 * // each error, with the deploy of its host in the five minutes before it, if there was one
 * join({ service: 'deploy' }, { service: 'errors' }, { key: 'host', within: '5m', pairing: 'lookup', unmatched: 'right' })
 */
export function join<Alone extends Side | 'both' = never>(
  left: When,
  right: When,
  options: JoinOptions<Alone>,
): OperatorFunction<Event, Joined<Alone>>
export function join(
  left: When,
  right: When,
  options: JoinOptions<Side | 'both'>,
): OperatorFunction<Event, Joined<'both'>> {
  onlyMembers('join', options, ['key', 'within', 'pairing', 'unmatched', 'max', 'maxPerKey'])
  const { pairing = 'once', unmatched } = options
  refuseUnknown('pairing', pairing, ['once', 'latest', 'lookup'])
  if (unmatched !== undefined) refuseUnknown('unmatched', unmatched, ['left', 'right', 'both'])
  const isLeft = whenTest(left)
  const isRight = whenTest(right)
  const keys: readonly Key[] = [options.key].flat()
  const keyOf = keyReader(keys)
  const length = micros(options.within)
  const max = whole('join', 'max', options.max ?? 10_000, 1)
  const maxPerKey = whole('join', 'maxPerKey', options.maxPerKey ?? 100, 1)
  const once = pairing === 'once'
  const alone = (side: Side, event: Event, context: StepContext<Joined<'both'>>) => {
    if (unmatched !== side && unmatched !== 'both') return
    context.emit(side === 'left' ? [event, undefined] : [undefined, event])
  }
  const keep = (state: State, own: Waiting[], waiting: Waiting, context: StepContext<never>) => {
    const full = state.size >= max ? `${max} events` : `${maxPerKey} events of one key`
    if (state.size >= max || own.length >= maxPerKey) {
      context.failed(`more than ${full} wait; a new one was not kept`)
      return
    }
    own.push(waiting)
    state.size += 1
  }
  return step<Event, Joined<'both'>, State>('join', [left, right, options.within, pairing, keys], {
    shown: [left, right, options],
    awaitsInput: true,
    init: () => ({ keys: emptyRanking(), size: 0 }),
    event(state, event, context) {
      const side = isLeft(event) ? 'left' : isRight(event) ? 'right' : undefined
      const looksUp = pairing === 'lookup' && side === 'right'
      if (side === undefined || (isExpired(event) && !looksUp)) return state
      const key = keyOf(event)
      if (key === undefined) return state
      const wasEmpty = state.size === 0
      const sides = itemOf(state.keys, key) ?? { left: [], right: [] }
      const own = sides[side]
      const others = sides[side === 'left' ? 'right' : 'left']
      const replaced = once ? undefined : own.shift()
      if (replaced !== undefined) {
        state.size -= 1
        if (!replaced.met) alone(side, replaced.event, context)
      }
      // What has waited for `within` is gone: its timer was due before this event.
      const [other] = others
      if (other !== undefined) {
        if (!once) others[0] = { ...other, met: true }
        else {
          others.shift()
          state.size -= 1
        }
        context.emit(side === 'left' ? [event, other.event] : [other.event, event])
      }
      const met = other !== undefined
      if (once ? !met : !looksUp) keep(state, own, { event, arrival: context.listened, met }, context)
      else if (!met) alone(side, event, context)
      rank(state, key, sides)
      if (state.size === 0) context.sleep()
      else if (wasEmpty) context.wakeAt(context.now + length)
      return state
    },
    timer(state, context) {
      for (let first = least(state.keys); first !== undefined; first = least(state.keys)) {
        const rest = first.value + length - context.listened
        if (rest > 0) {
          context.wakeAt(context.now + rest)
          break
        }
        const { key, item } = first
        const side = arrivalOf(item.left) <= arrivalOf(item.right) ? 'left' : 'right'
        const over = item[side].shift()
        state.size -= 1
        rank(state, key, item)
        if (over?.met === false) alone(side, over.event, context)
      }
      return state
    },
  })
}

/** The oldest arrival. */
function arrivalOf([first]: readonly Waiting[]): number {
  return first?.arrival ?? Number.POSITIVE_INFINITY
}

/** Puts a key where its oldest event belongs, or takes it out when none waits. */
function rank({ keys }: State, key: string, sides: Sides): void {
  const oldest = Math.min(arrivalOf(sides.left), arrivalOf(sides.right))
  if (oldest === Number.POSITIVE_INFINITY) remove(keys, key)
  else put(keys, key, sides, oldest)
}

/** The key of an event as JSON; undefined where a part of it is. */
function keyReader(parts: readonly Key[]): (event: Event) => string | undefined {
  if (parts.length === 0) throw invalid('join', "key has to name at least one field, as in key: 'host'")
  return (event) => {
    const values = parts.map((part) => (typeof part === 'string' ? event[part] : part(event)))
    return values.includes(undefined) ? undefined : JSON.stringify(values)
  }
}

function refuseUnknown(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw invalid('join', `${option} is one of ${known.join(', ')}; it is ${value}`)
}
