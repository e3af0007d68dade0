import type { ValueList } from './collectd-names.ts'
import type { Counters } from './reading.ts'

/** The columns of `/proc/stat`, by collectd's names; what runs in guests is part of `user` and `nice`. */
const STATES = ['user', 'nice', 'system', 'idle', 'wait', 'interrupt', 'softirq', 'steal'] as const

/** The time in each state from the text of `/proc/stat`, in its own unit; nothing where its first line is another. */
export function parseStat(text: string): Counters | undefined {
  const columns = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.trim().split(/ +/)
  if (columns === undefined) return undefined
  return Object.fromEntries(STATES.slice(0, columns.length).map((state, at) => [state, Number(columns[at])]))
}

/** `cpu/percent-idle` and the other states: percent of the time between two readings, all processors together. */
export function cpuValues(before: Counters, after: Counters): ValueList[] {
  const spent = Object.entries(after).map(([state, time]): [string, number] => [
    state,
    // Linux may take back some of what it counted as waiting.
    Math.max(0, time - (before[state] ?? time)),
  ])
  const total = spent.reduce((sum, [, time]) => sum + time, 0)
  if (total === 0) return []
  return spent.map(([state, time]) => ({
    plugin: 'cpu',
    pluginInstance: '',
    type: 'percent',
    typeInstance: state,
    sources: [{ name: 'value', type: 'gauge', value: (100 * time) / total }],
  }))
}
