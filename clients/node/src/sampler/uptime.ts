import type { ValueList } from './collectd-names.ts'

/** Seconds since boot from the text of `/proc/uptime`. */
export function parseUptime(text: string): number | undefined {
  const seconds = /^([\d.]+) /.exec(text)?.[1]
  return seconds === undefined ? undefined : Number(seconds)
}

/** `uptime/uptime`: whole seconds. */
export function uptimeValues(seconds: number): ValueList[] {
  const sources = [{ name: 'value', type: 'gauge', value: Math.floor(seconds) }]
  return [{ plugin: 'uptime', pluginInstance: '', type: 'uptime', typeInstance: '', sources }]
}
