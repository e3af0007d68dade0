import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Running, run, runToEnd, scratch } from './processes.ts'

/** What `needs` asks for: collectd with write_http and write_riemann, and what the shim is compiled with. */
export const COLLECTD = [
  'collectd-core libriemann-client0 libyajl2 libcurl3-gnutls libriemann-client-dev gcc libc6-dev pkg-config',
  '/usr/sbin/collectd',
  '/usr/include/riemann/riemann-client.h',
  '/usr/bin/cc',
  '/usr/bin/pkg-config',
] as const

export interface CollectdOptions {
  /** The rest of the configuration: plugins and where they send. `@DIR@` stands for its directory. */
  readonly conf: string
  /** Default: `web-1.example`. */
  readonly hostname?: string
  /** Seconds between two readings. Default: 1. */
  readonly interval?: number
  /** A command that starts it, being given its own command at the end. Default: none. */
  readonly through?: readonly string[]
}

/** Configuration that posts everything once a second; `more` is for the node. */
export const writeHttp = (url: string, more = '') => `
<LoadPlugin write_http>
  FlushInterval 1
</LoadPlugin>
<Plugin write_http>
  <Node "weir">
    URL "${url}"
    Format "JSON"
    StoreRates true
    ${more}
  </Node>
</Plugin>
`

/** A running collectd. */
export interface Collectd {
  readonly running: Running
  /** What `@DIR@` stood for. */
  readonly directory: string
}

/** Starts a collectd that keeps everything it writes in a directory of the test, with `rcc_shim.c` preloaded. */
export async function startCollectd({
  conf,
  hostname = 'web-1.example',
  interval = 1,
  through = [],
}: CollectdOptions): Promise<Collectd> {
  const directory = await scratch()
  const file = join(directory, 'collectd.conf')
  const head = `BaseDir "${directory}"
PIDFile "${directory}/collectd.pid"
Hostname "${hostname}"
FQDNLookup false
Interval ${interval}
LoadPlugin logfile
<Plugin logfile>
  File STDOUT
</Plugin>
`
  await writeFile(file, head + conf.replaceAll('@DIR@', directory))
  const [command = '', ...args] = [...through, '/usr/sbin/collectd', '-f', '-C', file]
  const running = run(command, args, { env: { LD_PRELOAD: await compileShim(directory) } })
  await running.printed('Initialization complete')
  return { running, directory }
}

/** Without it Debian 12's write_riemann garbles events and crashes. */
async function compileShim(directory: string): Promise<string> {
  const source = fileURLToPath(new URL('./rcc_shim.c', import.meta.url))
  const library = join(directory, 'rcc_shim.so')
  const flags = await runToEnd('/usr/bin/pkg-config', ['--cflags', '--libs', 'riemann-client'])
  await runToEnd('/usr/bin/cc', ['-shared', '-fPIC', '-o', library, source, ...flags.trim().split(/\s+/)])
  return library
}
