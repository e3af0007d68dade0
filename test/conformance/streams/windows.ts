import { fixedEventWindow } from '../../../server/src/streams/fixed-event-window.ts'
import { fixedOffsetTimeWindow } from '../../../server/src/streams/fixed-offset-time-window.ts'
import { fixedTimeWindow } from '../../../server/src/streams/fixed-time-window.ts'
import { movingEventWindow } from '../../../server/src/streams/moving-event-window.ts'
import { movingTimeWindow } from '../../../server/src/streams/moving-time-window.ts'
import { ofEvents, untyped, type Vocabulary } from './node.ts'

/** Windows. */
export const WINDOWS: Vocabulary = {
  operators: {
    'moving-event-window': (node) => untyped(movingEventWindow(node.number('n'))),
    window: (node) => untyped(movingEventWindow(node.number('n'))),
    'fixed-event-window': (node) => untyped(fixedEventWindow(node.number('n'))),
    'moving-time-window': (node) => ofEvents(movingTimeWindow(node.number('n'))),
    'fixed-time-window': (node) => ofEvents(fixedTimeWindow(node.number('n'))),
    'fixed-offset-time-window': (node) => ofEvents(fixedOffsetTimeWindow(node.number('n'))),
  },
}
