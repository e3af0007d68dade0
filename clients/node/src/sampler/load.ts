import type { ValueList } from './collectd-names.ts'

/** The load averages from the text of `/proc/loadavg`. */
export function parseLoadavg(text: string): readonly [number, number, number] | undefined {
  const [, short, mid, long] = /^([\d.]+) ([\d.]+) ([\d.]+) /.exec(text) ?? []
  return long === undefined ? undefined : [Number(short), Number(mid), Number(long)]
}

/** `load/load/shortterm`, `midterm` and `longterm`: over 1, 5 and 15 minutes. */
export function loadValues(load: readonly [number, number, number]): ValueList[] {
  const [shortterm, midterm, longterm] = load
  const sources = Object.entries({ shortterm, midterm, longterm })
  return [
    {
      plugin: 'load',
      pluginInstance: '',
      type: 'load',
      typeInstance: '',
      sources: sources.map(([name, value]) => ({ name, type: 'gauge', value })),
    },
  ]
}
