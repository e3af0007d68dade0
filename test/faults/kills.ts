import type { Day, Step } from './day.ts'
import type { Random } from './random.ts'

/** When the hub is killed: */
export const MOMENTS = [
  /** when a message has arrived at its destination, before that answers, */
  'delivery',
  /** while a checkpoint is written, */
  'checkpoint',
  /** while the rules are loaded anew, */
  'reload',
  /** after a part of the bytes of a step, in the middle of a message or between two, */
  'part',
  /** while time moves, and once more while it starts again, */
  'start',
  /** while the messages of a step are handled, */
  'batch',
  /** when an alert is acknowledged or silenced, */
  'command',
  /** while time moves, */
  'time',
  /** when the first message of a step is acknowledged. */
  'answer',
] as const

export type Moment = (typeof MOMENTS)[number]

/** At which steps the hub is killed, and at what moment from there on. */
export function planKills(random: Random, count: number, { steps }: Day): ReadonlyMap<number, Moment> {
  const plan = new Map<number, Moment>()
  // What waits for its moment has to find one before the day is over.
  const early = [...steps.keys()].slice(1, Math.floor(0.9 * steps.length))
  while (plan.size < Math.min(count, early.length)) {
    const moment = MOMENTS[plan.size % MOMENTS.length] ?? 'time'
    const fitting = early.filter((number) => !plan.has(number) && fits(moment, steps[number]))
    const step = fitting[random.int(0, fitting.length - 1)]
    // There are only so many reloads in a day.
    plan.set(step ?? early.find((number) => !plan.has(number)) ?? 0, step === undefined ? 'time' : moment)
  }
  return plan
}

function fits(moment: Moment, step: Step | undefined): boolean {
  const act = step?.act?.do
  if (moment === 'reload') return act === 'reload'
  return moment === 'command' ? act === 'acknowledge' || act === 'silence' : act === undefined
}
