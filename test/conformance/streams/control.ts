import { pipe } from 'rxjs'
import { decodeMsg, type Event, encodeMsg } from 'weir-protocol'
import { stage } from '../../../server/src/rules/stage.ts'
import { map } from '../../../server/src/streams/map.ts'
import { sreduce } from '../../../server/src/streams/sreduce.ts'
import { type Node, type Op, SWALLOW, type Vocabulary } from './node.ts'
import { isEvent, list } from './values.ts'

/** The ends of a tree, and what only hands on. What Riemann has here is in Weir `merge`, `pipe` and plain functions. */
export const CONTROL: Vocabulary = {
  operators: {
    // All rules run on one thread: there is nothing to hand on to, but what Riemann's executor does.
    'execute-on': (node) =>
      map((value) => {
        if (node.text('executor') === 'rejecting') throw new Error('rejected')
        return value
      }),
    forward: () => map(encodedAndDecoded),
    append: (node) => sreduce((content, value) => [...list(content), value], node.value('init')),
    register: () => map((value) => value),
  },
  trees: {
    out: (node) => {
      const label = node.has('label') ? node.text('label') : undefined
      return end((value) => node.recorder.record(value, label))
    },
    // A stage of a `pipe` gives what reaches its `next` nodes to the stage after it.
    next: () => map((value) => value),
    pipe: (node) =>
      list(node.raw('stages'))
        .map((one) => node.inner(one))
        .reduce((before, after) => pipe(before, after)),
    throw: fails,
    'assert-fail': fails,
    'bit-bucket': () => SWALLOW,
    sdo: (node) => node.children(),
    stream: (node) => node.children(),
    'call-rescue': (node) => node.children(),
    // Weir shows what throws as an event to all rules; see the table of differences.
    'exception-stream': (node) => node.children(),
  },
}

/** A leaf of the tree. */
function end(take: (value: unknown) => void): Op {
  return stage('end', take)
}

function fails(node: Node): Op {
  return end(() => {
    throw new Error(node.text('message'))
  })
}

/** What arrives at another hub. */
function encodedAndDecoded(value: unknown): unknown {
  const single = isEvent(value)
  const events: readonly Event[] = single ? [value] : list(value).filter(isEvent)
  const arrived = decodeMsg(encodeMsg({ events }), 0).events
  return { call: single ? 'send-event' : 'send-events', events: arrived }
}
