import { type ValueList, valueEvents } from 'weir-client/sampler'
import { z } from 'zod'
import { type Element, problemOf } from './mapped.ts'

/** collectd's own names are at most 128 bytes; a limit keeps a small body from becoming huge events. */
const name = z.string().max(255)
const instance = name.nullish().transform((text) => text ?? '')

const schema = z
  .object({
    values: z.array(z.number().nullable()).min(1).max(64),
    dstypes: z.array(z.enum(['gauge', 'derive', 'counter', 'absolute'])),
    dsnames: z.array(name),
    time: z.number(),
    interval: z.number().nullish(),
    host: name,
    plugin: name.min(1),
    plugin_instance: instance,
    type: name.min(1),
    type_instance: instance,
  })
  .refine(
    ({ values, dstypes, dsnames }) => values.length === dstypes.length && values.length === dsnames.length,
    { error: 'values, dstypes and dsnames have different lengths' },
  )

/**
 * Maps a value list as collectd's write_http posts it (`Format "JSON"`) to the events that its write_riemann makes of
 * the same values: services, attributes, and a ttl of twice the interval.
 *
 * `null`, which stands for what has no value now (NaN, infinity, the first sample of a rate), is skipped, so that
 * such a service runs out of its ttl. `meta` is left out, as write_riemann leaves it out.
 *
 * @param storeRates Whether what is counted comes as rates; JSON does not tell. It decides on `ds_type`.
 */
export function mapValueList(element: unknown, storeRates: boolean): Element {
  const parsed = schema.safeParse(element)
  if (!parsed.success) return { problem: problemOf(parsed.error) }
  const { values, dstypes, dsnames, host, interval } = parsed.data
  const time = Math.round(parsed.data.time * 1e6)
  if (!Number.isSafeInteger(time))
    return { problem: `time: ${parsed.data.time} is not seconds since the epoch` }
  const list: ValueList = {
    plugin: parsed.data.plugin,
    pluginInstance: parsed.data.plugin_instance,
    type: parsed.data.type,
    typeInstance: parsed.data.type_instance,
    sources: values.map((value, index) => ({
      name: dsnames[index] ?? '',
      type: dsType(dstypes[index] ?? 'gauge', storeRates),
      value: value ?? undefined,
    })),
  }
  const ttl = interval !== null && interval !== undefined && interval > 0 ? 2 * interval : undefined
  const events = valueEvents(list, { host, time, ttl })
  return { events, skipped: values.length - events.length }
}

function dsType(dstype: string, storeRates: boolean): string {
  return storeRates && dstype !== 'gauge' ? `${dstype}:rate` : dstype
}
