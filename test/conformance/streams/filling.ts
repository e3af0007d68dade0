import { pipe } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { fillIn } from '../../../server/src/streams/fill-in.ts'
import { fillInLast } from '../../../server/src/streams/fill-in-last.ts'
import { interpolateConstant } from '../../../server/src/streams/interpolate-constant.ts'
import { map } from '../../../server/src/streams/map.ts'
import { partTimeFast } from '../../../server/src/streams/part-time-fast.ts'
import { partTimeSimple } from '../../../server/src/streams/part-time-simple.ts'
import { periodicallyUntilExpired } from '../../../server/src/streams/periodically-until-expired.ts'
import { type Node, type Op, ofEvents, type Vocabulary } from './node.ts'
import { fieldsNamed } from './transform.ts'
import { isEvent, isMap, stamped, toWeir } from './values.ts'

/** What goes by the clock as long as something is heard: filling in, ticks, bins. */
export const FILLING: Vocabulary = {
  operators: {
    'fill-in': (node) => {
      const event = toWeir(node.raw('event'), 0)
      if (!isEvent(event)) throw new Error('fill-in: its event is no map')
      const { time: _, ...fields } = event
      return ofEvents(fillIn(node.number('interval'), fields))
    },
    'fill-in-last': (node) =>
      ofEvents(fillInLast(node.number('interval'), fieldsNamed(Object.entries(mapOf(node, 'update'))))),
    'fill-in-last*': (node) => {
      const fn = node.fn()
      return ofEvents(fillInLast(node.number('interval'), (last) => fn(last) as Event))
    },
    // The first one comes at once: its time may be that which an event without one was given.
    'interpolate-constant': (node) =>
      ofEvents(
        pipe(
          interpolateConstant(node.number('interval')),
          map((event) => (isExpired(event) ? event : stamped(event))),
        ),
      ),
    'periodically-until-expired': (node) =>
      ofEvents(
        periodicallyUntilExpired((now) => ({ tick: now / 1e6 }), {
          ...(node.has('interval') ? { interval: node.number('interval') } : {}),
          ...(node.has('delay') ? { delay: node.number('delay') } : {}),
        }),
      ),
    'part-time-fast': (node) =>
      ofEvents(
        partTimeFast<readonly Event[], unknown>(node.number('interval'), {
          create: () => [],
          add: (events, event) => [...events, event],
          finish,
        }),
      ),
    'part-time-simple': bins,
  },
}

function bins(node: Node): Op {
  const told = node.raw('side-effects') !== undefined && node.raw('side-effects') !== false
  return ofEvents(
    partTimeSimple<readonly Event[], unknown>(node.number('dt'), {
      reset: () => [],
      add: (events, event) => [...events, event],
      each: (events, _, emit) => {
        if (told) emit({ seen: events.length })
      },
      finish,
    }),
  )
}

function finish(
  events: readonly Event[],
  { start, end }: { readonly start: number; readonly end: number },
  emit: (value: unknown) => void,
): void {
  emit({ events, start: start / 1e6, end: end / 1e6 })
}

function mapOf(node: Node, name: string): Readonly<Record<string, unknown>> {
  const members = node.raw(name)
  if (!isMap(members)) throw new Error(`${name} is no map`)
  return members
}
