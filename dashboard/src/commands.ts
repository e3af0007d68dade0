import type { HubView } from 'weir-hub/live'

/** Something to paste into a terminal or a file, that makes a first event arrive. */
export interface Command {
  readonly title: string
  readonly text: string
}

/**
 * How to send something to this hub. Where it listens on all addresses, the one that the page was opened with is named.
 *
 * @param listen what the hub says of its listeners: `127.0.0.1:5555`, `[::]:5555`
 * @param page where the page comes from
 */
export function commands(
  listen: HubView['listen'],
  page: { readonly hostname: string; readonly origin: string },
): readonly Command[] {
  const collectd = {
    title: 'A host with collectd, in collectd.conf',
    text: `<LoadPlugin write_http>
  FlushInterval 1
</LoadPlugin>
<Plugin write_http>
  <Node "weir">
    URL "${page.origin}/collectd"
    Format "JSON"
    StoreRates true
  </Node>
</Plugin>`,
  }
  if (listen.riemann === null) return [collectd]
  const { host, port } = reachable(listen.riemann, page.hostname)
  const weirTo =
    port === '5555' && host === '127.0.0.1' ? '' : ` --to ${host.includes(':') ? `[${host}]` : host}:${port}`
  return [
    {
      title: 'Any Riemann client',
      text: `riemann-client send --host web-1 --service greeting --state ok --metric-d 1 ${host} ${port}`,
    },
    {
      title: 'Weir’s own',
      text: `npx weir send --host web-1 --service greeting --state ok --metric 1${weirTo}`,
    },
    collectd,
  ]
}

const ANY_ADDRESS = ['0.0.0.0', '[::]', '']

function reachable(address: string, hostname: string): { readonly host: string; readonly port: string } {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon)
  const named = ANY_ADDRESS.includes(host) ? hostname : host
  return { host: named.replace(/^\[(.*)\]$/, '$1'), port: address.slice(colon + 1) }
}
