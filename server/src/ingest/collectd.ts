import { WeirError } from '../errors.ts'
import { mapNotification } from './collectd-notification.ts'
import { mapValueList } from './collectd-values.ts'
import { type Element, kindOf, type Mapped, mapElements, parseJson } from './mapped.ts'

export interface CollectdOptions {
  /**
   * Whether collectd turns counters into rates before it sends them, by `StoreRates true` in write_http, which the
   * values themselves do not tell. Then `ds_type` is `derive:rate` and so on, as write_riemann says. Default: true.
   */
  readonly storeRates?: boolean | undefined
}

/**
 * Maps a body of collectd's write_http (`Format "JSON"`) to events with the services and attributes that its
 * write_riemann gives to the same values: an array of value lists, or of notifications, which come to the same URL.
 *
 * What is late or comes twice is taken as it comes.
 *
 * @throws {WeirError} WEIR_BODY_COMMAND, WEIR_BODY_NOT_JSON, WEIR_BODY_SHAPE where it is not an array,
 * WEIR_BODY_TOO_LARGE.
 * @example
 * mapCollectd('[{"values":[9.5],"dstypes":["gauge"],"dsnames":["value"],"time":1795310424.847,"interval":10,' +
 *   '"host":"db-1","plugin":"df","plugin_instance":"root","type":"percent_bytes","type_instance":"free"}]')
 * // events: [{ host: 'db-1', service: 'df-root/percent_bytes-free', metric: 9.5, ttl: 20, … }]
 */
export function mapCollectd(text: string, { storeRates = true }: CollectdOptions = {}): Mapped {
  if (/^\s*PUT(VAL|NOTIF)\b/.test(text)) throw new WeirError('WEIR_BODY_COMMAND', {})
  const body = parseJson(text)
  if (!Array.isArray(body)) {
    const expected = 'an array of value lists or notifications, as write_http sends it'
    throw new WeirError('WEIR_BODY_SHAPE', { found: kindOf(body), expected })
  }
  return mapElements<unknown>(body, (element) => mapElement(element, storeRates))
}

function mapElement(element: unknown, storeRates: boolean): Element {
  if (typeof element !== 'object' || element === null || Array.isArray(element))
    return { problem: `expected a value list or a notification, received ${kindOf(element)}` }
  return 'labels' in element ? mapNotification(element) : mapValueList(element, storeRates)
}
