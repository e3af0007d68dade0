import { type Event, makeEvent } from 'weir-protocol'

/** A name as collectd builds it: an absent instance is `''`. */
export interface CollectdName {
  readonly plugin: string
  readonly pluginInstance: string
  readonly type: string
  readonly typeInstance: string
}

/** One value of a list. */
export interface DataSource {
  /** `value` where a type has only one. */
  readonly name: string
  /** `gauge`, or for a rate the type of its counter with `:rate`, such as `derive:rate`. */
  readonly type: string
  /** `undefined`: collectd has no value just now, as for the first sample of a rate. */
  readonly value: number | undefined
}

/** What collectd calls a value list: the values that one plugin read at one moment for one name. */
export interface ValueList extends CollectdName {
  readonly sources: readonly DataSource[]
}

/** What all the values of a list have in common. */
export interface Moment {
  readonly host: string
  /** Integer microseconds since the epoch. */
  readonly time: number
  /** Seconds. */
  readonly ttl: number | undefined
}

/**
 * The service that collectd's write_riemann gives to a name: `plugin-instance/type-instance`.
 *
 * @example
 * serviceOf({ plugin: 'df', pluginInstance: 'root', type: 'percent_bytes', typeInstance: 'free' })
 * // 'df-root/percent_bytes-free'
 */
export function serviceOf(name: CollectdName): string {
  return `${withInstance(name.plugin, name.pluginInstance)}/${withInstance(name.type, name.typeInstance)}`
}

/**
 * The events that collectd's write_riemann makes of a value list, one for each value that there is: its service, with
 * `/name` of the data source where the list has several, and its attributes.
 *
 * @example
 * valueEvents(
 *   { plugin: 'load', pluginInstance: '', type: 'load', typeInstance: '', sources: [
 *     { name: 'shortterm', type: 'gauge', value: 0.2 }, { name: 'midterm', type: 'gauge', value: 0.1 } ] },
 *   { host: 'web-1', time: 1795310424847000, ttl: 20 },
 * ) // load/load/shortterm and load/load/midterm
 */
export function valueEvents(list: ValueList, moment: Moment): Event[] {
  const service = serviceOf(list)
  const several = list.sources.length > 1
  return list.sources.flatMap((source, index) =>
    source.value === undefined
      ? []
      : makeEvent({
          host: moment.host,
          service: several ? `${service}/${source.name}` : service,
          metric: source.value,
          time: moment.time,
          ttl: moment.ttl,
          attributes: attributesOf(list, source, index),
        }),
  )
}

function attributesOf(
  name: CollectdName,
  source: DataSource,
  index: number,
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null)
  attributes.plugin = name.plugin
  attributes.type = name.type
  attributes.ds_name = source.name
  if (name.pluginInstance !== '') attributes.plugin_instance = name.pluginInstance
  if (name.typeInstance !== '') attributes.type_instance = name.typeInstance
  attributes.ds_type = source.type
  attributes.ds_index = String(index)
  return attributes
}

function withInstance(name: string, instance: string): string {
  return instance === '' ? name : `${name}-${instance}`
}
