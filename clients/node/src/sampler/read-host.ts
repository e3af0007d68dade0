import { readFile, statfs } from 'node:fs/promises'
import { cpus, freemem, hostname, loadavg, platform, totalmem, uptime } from 'node:os'
import { parseStat } from './cpu.ts'
import { parseMounts } from './df.ts'
import { parseNetDev } from './interfaces.ts'
import { parseLoadavg } from './load.ts'
import { parseMeminfo } from './memory.ts'
import type { Counters, Filesystem, ReadHost, Reading } from './reading.ts'
import { parseUptime } from './uptime.ts'

/** The system calls of a reading, so that a test can stand in for a machine. */
export interface HostIo {
  readonly hostname: () => string
  readonly readFile: (path: string) => Promise<string>
  readonly statfs: (mountPoint: string) => Promise<Filesystem>
}

const machine: HostIo = {
  hostname,
  readFile: (path) => readFile(path, 'utf8'),
  async statfs(mountPoint) {
    const { frsize, bsize, blocks, bfree, bavail } = await statfs(mountPoint)
    return { mountPoint, blockSize: frsize || bsize, blocks, free: bfree, available: bavail }
  },
}

/**
 * Reads the machine that runs this: on Linux all that the sampler knows, elsewhere what Node tells (no interfaces, no
 * filesystem but `/`; of memory only what is used and free).
 */
export const readThisHost: ReadHost = () =>
  platform() === 'linux' ? readLinux(machine) : readPortable(machine)

/** Reads a Linux machine, mostly from `/proc`. A part that fails is left out and told in `problems`. */
export async function readLinux(io: HostIo): Promise<Reading> {
  const problems: string[] = []
  const attempt = async <T>(part: string, read: () => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      const value = await read()
      if (value === undefined) problems.push(`${part}: not as expected`)
      return value
    } catch (thrown) {
      problems.push(`${part}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      return undefined
    }
  }
  const file = <T>(path: string, parse: (text: string) => T | undefined): Promise<T | undefined> =>
    attempt(path, async () => parse(await io.readFile(path)))

  const [cpu, load, memory, uptime, interfaces, mounts] = await Promise.all([
    file('/proc/stat', parseStat),
    file('/proc/loadavg', parseLoadavg),
    file('/proc/meminfo', parseMeminfo),
    file('/proc/uptime', parseUptime),
    file('/proc/net/dev', parseNetDev),
    file('/proc/self/mounts', parseMounts),
  ])
  const filesystems = await Promise.all(
    (mounts ?? []).map((mountPoint) => attempt(mountPoint, () => io.statfs(mountPoint))),
  )
  return {
    host: io.hostname(),
    ...(cpu && { cpu }),
    ...(load && { load }),
    ...(memory && { memory }),
    ...(uptime !== undefined && { uptime }),
    filesystems: filesystems.filter((filesystem) => filesystem !== undefined),
    interfaces: interfaces ?? [],
    problems,
  }
}

/** Reads any machine as far as Node tells. */
export async function readPortable(io: Pick<HostIo, 'hostname' | 'statfs'>): Promise<Reading> {
  const [short = 0, mid = 0, long = 0] = loadavg()
  const root = await io
    .statfs('/')
    .catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)))
  return {
    host: io.hostname(),
    cpu: processorTimes(),
    load: [short, mid, long],
    memory: { used: totalmem() - freemem(), free: freemem() },
    uptime: uptime(),
    filesystems: typeof root === 'string' ? [] : [root],
    interfaces: [],
    problems: typeof root === 'string' ? [`/: ${root}`] : [],
  }
}

function processorTimes(): Counters {
  const times = { user: 0, nice: 0, system: 0, idle: 0, interrupt: 0 }
  for (const { times: spent } of cpus()) {
    times.user += spent.user
    times.nice += spent.nice
    times.system += spent.sys
    times.idle += spent.idle
    times.interrupt += spent.irq
  }
  return times
}
