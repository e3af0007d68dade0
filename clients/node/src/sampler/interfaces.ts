import type { ValueList } from './collectd-names.ts'
import type { NetworkInterface, Traffic } from './reading.ts'

/** How many network interfaces are looked at. */
export const INTERFACE_LIMIT = 64

/** Those that container engines make, by the hundred. */
const OF_CONTAINERS = /^(?:veth|br-|docker|cali|cni)/

/**
 * The counters of the network interfaces from the text of `/proc/net/dev`: of those that have ever moved a byte, but
 * for those of containers, which come and go. At most INTERFACE_LIMIT.
 */
export function parseNetDev(text: string): NetworkInterface[] {
  const interfaces: NetworkInterface[] = []
  for (const [, name, columns] of text.matchAll(/^ *([^\s:]+): *([\d ]+)$/gm)) {
    const [rxOctets, rxPackets, rxErrors, rxDropped, , , , , txOctets, txPackets, txErrors, txDropped] = (
      columns ?? ''
    )
      .trim()
      .split(/ +/)
      .map(Number)
    if (name === undefined || txDropped === undefined || OF_CONTAINERS.test(name)) continue
    const octets = traffic(rxOctets, txOctets)
    if (octets.rx + octets.tx === 0) continue
    interfaces.push({
      name,
      octets,
      packets: traffic(rxPackets, txPackets),
      errors: traffic(rxErrors, txErrors),
      dropped: traffic(rxDropped, txDropped),
    })
  }
  return interfaces.slice(0, INTERFACE_LIMIT)
}

/**
 * `interface-eth0/if_octets/rx`, `tx` and so on: a second, between two readings. A counter that went back, as after
 * a driver was loaded anew, gives no value.
 *
 * @param seconds Between the readings, above 0.
 */
export function interfaceValues(
  before: NetworkInterface,
  after: NetworkInterface,
  seconds: number,
): ValueList[] {
  const list = (type: string, from: Traffic, to: Traffic): ValueList => ({
    plugin: 'interface',
    pluginInstance: after.name,
    type,
    typeInstance: '',
    sources: [
      { name: 'rx', type: 'derive:rate', value: rate(from.rx, to.rx, seconds) },
      { name: 'tx', type: 'derive:rate', value: rate(from.tx, to.tx, seconds) },
    ],
  })
  return [
    list('if_octets', before.octets, after.octets),
    list('if_packets', before.packets, after.packets),
    list('if_errors', before.errors, after.errors),
    list('if_dropped', before.dropped, after.dropped),
  ]
}

function rate(from: number, to: number, seconds: number): number | undefined {
  return to < from ? undefined : (to - from) / seconds
}

function traffic(rx = 0, tx = 0): Traffic {
  return { rx, tx }
}
