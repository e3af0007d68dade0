import type { Event } from 'weir-protocol'
import { type StepContext, step } from '../../../server/src/rules/step.ts'
import { type Op, untyped } from './node.ts'
import { micros } from './values.ts'

interface State {
  /** Undefined before the first event. */
  readonly value?: string | null
  /** What was handed on last. */
  readonly out: readonly Event[]
  readonly waiting: readonly Event[]
  /** When its timers are due: one for each change, none of which is taken back. */
  readonly dues: readonly number[]
}

/** `stable` as Riemann has it: a timer that finds nothing to hand on hands on what was handed on last. */
export function stableWithRepeats(seconds: number, value: (event: unknown) => string | undefined): Op {
  const length = micros(seconds)
  const wake = (dues: readonly number[], context: StepContext<Event>) => {
    if (dues.length > 0) context.wakeAt(Math.min(...dues))
  }
  return untyped(
    step<Event, Event, State>('stable with repeats', [seconds], {
      init: () => ({ out: [], waiting: [], dues: [] }),
      event(state, event, context) {
        const now = value(event) ?? null
        if (now !== state.value) {
          const dues = [...state.dues, event.time + length]
          wake(dues, context)
          return { value: now, out: [], waiting: [event], dues }
        }
        const [first] = state.waiting
        const waiting = first === undefined ? [] : [...state.waiting, event]
        const isStable = first === undefined || event.time - first.time >= length
        if (!isStable) return { ...state, out: [], waiting }
        const out = first === undefined ? [event] : waiting
        for (const one of out) context.emit(one)
        return { ...state, out, waiting: [] }
      },
      timer(state, context) {
        const dues = state.dues.filter((due) => due > context.now)
        let { out, waiting } = state
        for (let fired = dues.length; fired < state.dues.length; fired += 1) {
          const [first] = waiting
          if (first !== undefined && context.now - first.time >= length) {
            out = waiting
            waiting = []
          }
          for (const one of out) context.emit(one)
        }
        wake(dues, context)
        return { ...state, out, waiting, dues }
      },
    }),
  )
}
