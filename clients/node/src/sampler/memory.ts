import type { ValueList } from './collectd-names.ts'
import type { Counters } from './reading.ts'

/**
 * The bytes of memory by use, from the text of `/proc/meminfo`, by collectd's names: `free`, `buffered`, `cached`,
 * `slab_recl` and `slab_unrecl` (kernel caches that can and cannot be given back), and `used`, which is the rest.
 */
export function parseMeminfo(text: string): Counters | undefined {
  const bytes = new Map<string, number>()
  for (const [, name, kilobytes] of text.matchAll(/^(\w+): +(\d+) kB$/gm)) {
    if (name !== undefined) bytes.set(name, Number(kilobytes) * 1024)
  }
  const total = bytes.get('MemTotal')
  const free = bytes.get('MemFree')
  if (total === undefined || free === undefined) return undefined
  const other = {
    free,
    buffered: bytes.get('Buffers') ?? 0,
    cached: bytes.get('Cached') ?? 0,
    slab_recl: bytes.get('SReclaimable') ?? 0,
    slab_unrecl: bytes.get('SUnreclaim') ?? 0,
  }
  const rest = total - Object.values(other).reduce((sum, part) => sum + part, 0)
  return { used: Math.max(0, rest), ...other }
}

/** `memory/memory-used` and the other uses in bytes, and `memory/percent-used` and so on of the whole. */
export function memoryValues(memory: Counters): ValueList[] {
  const total = Object.values(memory).reduce((sum, part) => sum + part, 0)
  if (total === 0) return []
  return Object.entries(memory).flatMap(([use, bytes]) => [
    memoryValue('memory', use, bytes),
    memoryValue('percent', use, (100 * bytes) / total),
  ])
}

function memoryValue(type: string, use: string, value: number): ValueList {
  const sources = [{ name: 'value', type: 'gauge', value }]
  return { plugin: 'memory', pluginInstance: '', type, typeInstance: use, sources }
}
