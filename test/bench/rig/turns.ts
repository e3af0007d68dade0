import { type Figures, median, millions, round } from './figures.ts'
import type { Measured } from './processes.ts'

/** What each run measured, round by round. */
export type Rounds<T> = Readonly<Record<string, readonly T[]>>

/** One after the other, again and again: what else the machine does meets all of them. */
export async function takeTurns<T>(
  rounds: number,
  runs: Readonly<Record<string, () => T | Promise<T>>>,
): Promise<Rounds<T>> {
  const results: Record<string, T[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const [what, run] of Object.entries(runs)) results[what] = [...(results[what] ?? []), await run()]
  }
  return results
}

/** The median of the rounds' own ratios. */
export function ratio<T>(ones: readonly T[], others: readonly T[], of: (one: T) => number): number {
  return median(ones.flatMap((one, i) => others.slice(i, i + 1).map((other) => of(one) / of(other))))
}

/**
 * A line for each server, with its ratio to each of `against`. On a busy machine what counts is how many events its main
 * thread takes in for a second of the processor (`CPU`): the rest of the time it waits for its turn.
 */
export function lines(rounds: Rounds<Measured>, against: readonly string[]): Figures[] {
  return Object.entries(rounds).map(([what, measured]) => ({
    what,
    'events/s': millions(median(measured.map(wall))),
    ...ratios(rounds, measured, against, '×', wall),
    'events/CPU s': millions(median(measured.map(cpu))),
    ...ratios(rounds, measured, against, 'CPU ×', cpu),
    'thread busy': round(median(measured.map(({ mainBusy = Number.NaN }) => mainBusy))),
    'all busy': round(median(measured.map(({ allBusy = Number.NaN }) => allBusy))),
    'load busy': round(median(measured.map(({ busy }) => busy))),
  }))
}

function wall({ eventsPerSecond }: Measured): number {
  return eventsPerSecond
}

function cpu({ eventsPerSecond, mainBusy = Number.NaN }: Measured): number {
  return eventsPerSecond / mainBusy
}

function ratios(
  rounds: Rounds<Measured>,
  measured: readonly Measured[],
  against: readonly string[],
  sign: string,
  of: (one: Measured) => number,
): Figures {
  return Object.fromEntries(
    against.map((other) => [`${sign} ${other}`, round(ratio(measured, rounds[other] ?? [], of))]),
  )
}
