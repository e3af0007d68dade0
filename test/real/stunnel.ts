import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type Running, run, runToEnd, scratch } from './processes.ts'

const folder = fileURLToPath(new URL('../../stunnel/', import.meta.url))

/** Makes certificates with the shipped script; returns the folder that holds `ca/`, `hub/` and `hosts/`. */
export async function makeCertificates(...calls: readonly (readonly string[])[]): Promise<string> {
  const out = await scratch()
  for (const call of calls) await runToEnd(join(folder, 'make-certificates.sh'), ['--out', out, ...call])
  return out
}

/** A stunnel that runs one of the shipped configurations. */
export interface Tunnel {
  readonly running: Running
  /** Where it accepts: by the port that the shipped file names. */
  readonly ports: ReadonlyMap<number, number>
}

/**
 * Starts stunnel with the shipped `hub.conf` or `host.conf` as it is, save for what depends on the machine: the
 * folder of the certificates, the ports, and that nobody but root can give up the rights of root.
 *
 * `connect` gives the port for each port that the file connects to; `edit` changes the text further.
 */
export async function startTunnel(
  conf: 'hub.conf' | 'host.conf',
  tls: string,
  connect: Readonly<Record<number, number>>,
  edit: (text: string) => string = (text) => text,
): Promise<Tunnel> {
  const shipped = await readFile(join(folder, conf), 'utf8')
  const ports = new Map<number, number>()
  for (const [, port] of shipped.matchAll(/^accept = (?:[\d.]+:)?(\d+)$/gm))
    ports.set(Number(port), await freePort())
  const text = shipped
    .replaceAll('/etc/weir/tls', tls)
    .replaceAll('hub.example', 'localhost')
    .replace(/^accept = (?:[\d.]+:)?(\d+)$/gm, (_, port) => `accept = 127.0.0.1:${ports.get(Number(port))}`)
    .replace(/^connect = (.+):(\d+)$/gm, (_, host, port) => `connect = ${host}:${connect[Number(port)]}`)
    .replace(/^set[ug]id = .*\n/gm, (each) => (process.getuid?.() === 0 ? each : ''))
  const file = join(await scratch(), conf)
  await writeFile(file, edit(text))
  const running = run('/usr/bin/stunnel', [file])
  await running.printed('Configuration successful')
  for (const port of ports.values()) await running.listening(port)
  return { running, ports }
}
