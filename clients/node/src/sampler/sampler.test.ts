import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type HostIo, readLinux, readPortable, readThisHost } from './read-host.ts'
import type { Reading } from './reading.ts'
import { createSampler } from './sampler.ts'

const reading = (seconds: number): Reading => ({
  host: 'web-1',
  cpu: { user: seconds, idle: 3 * seconds },
  load: [1, 2, 3],
  memory: { used: 1, free: 3 },
  uptime: seconds,
  filesystems: [{ mountPoint: '/', blockSize: 1, blocks: 4, free: 1, available: 1 }],
  interfaces: [
    {
      name: 'eth0',
      octets: { rx: seconds * 1000, tx: 0 },
      packets: { rx: 0, tx: 0 },
      errors: { rx: 0, tx: 0 },
      dropped: { rx: 0, tx: 0 },
    },
  ],
  problems: [],
})

/** A sampler of a machine whose clock and reading are set by the second. */
function samplerAt(
  options: { host?: string; interval?: number; change?: (reading: Reading) => Reading } = {},
) {
  let second = 0
  const { change = (same) => same, ...rest } = options
  const sampler = createSampler({
    ...rest,
    read: async () => change(reading(second)),
    now: () => second * 1e6,
  })
  return (at: number) => {
    second = at
    return sampler.sample()
  }
}

const find = (events: readonly Event[], service: string) => events.find((event) => event.service === service)

test('the first sample has what one reading tells, the second also what needs two', async () => {
  const sample = samplerAt()
  const first = await sample(100)
  expect(new Set(first.map((event) => event.service?.split('/')[0]))).toEqual(
    new Set(['uptime', 'load', 'memory', 'df-root']),
  )
  const second = await sample(110)
  expect(find(second, 'cpu/percent-idle')?.metric).toBe(75)
  expect(find(second, 'interface-eth0/if_octets/rx')).toEqual({
    host: 'web-1',
    service: 'interface-eth0/if_octets/rx',
    metric: 1000,
    time: 110_000_000,
    ttl: 20,
    tags: [],
    attributes: {
      plugin: 'interface',
      type: 'if_octets',
      ds_name: 'rx',
      plugin_instance: 'eth0',
      ds_type: 'derive:rate',
      ds_index: '0',
    },
  })
})

test('the ttl is twice the interval, the host as told', async () => {
  const [event] = await samplerAt({ host: 'db-1', interval: 2.5 })(1)
  expect(event).toMatchObject({ host: 'db-1', ttl: 5, time: 1_000_000 })
})

test.each([
  ['a clock that stands', 100],
  ['a clock that was set back', 50],
])('%s gives no rates, once', async (_, at) => {
  const sample = samplerAt()
  await sample(100)
  expect(find(await sample(at), 'cpu/percent-idle')).toBeUndefined()
  expect(find(await sample(at + 1), 'cpu/percent-idle')).toBeDefined()
})

test('what is missing from a reading has no events', async () => {
  const sample = samplerAt({
    change: ({ host }) => ({ host, filesystems: [], interfaces: [], problems: [], uptime: 1 }),
  })
  await sample(1)
  expect((await sample(2)).map((event) => event.service)).toEqual(['uptime/uptime'])
})

test('a failed reading rejects, and the next one goes on from the last good one', async () => {
  let fails = false
  const sample = samplerAt({
    change(same) {
      if (fails) throw new Error('out of file handles')
      return same
    },
  })
  await sample(100)
  fails = true
  await expect(sample(110)).rejects.toThrow('out of file handles')
  fails = false
  expect(find(await sample(120), 'interface-eth0/if_octets/rx')?.metric).toBe(1000)
})

const FILES: Readonly<Record<string, string>> = {
  '/proc/stat': 'cpu  4397 0 3029 204316 253 0 55 18 0 0\n',
  '/proc/loadavg': '0.09 0.04 0.01 1/93 6711\n',
  '/proc/meminfo': 'MemTotal: 24684084 kB\nMemFree: 24266020 kB\n',
  '/proc/uptime': '1063.55 2043.16\n',
  '/proc/net/dev':
    '    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0\n',
  '/proc/self/mounts': '/dev/vda / ext4 rw 0 0\n/dev/vdb /gone ext4 rw 0 0\n',
}

const io: HostIo = {
  hostname: () => 'web-1',
  readFile: async (path) => FILES[path] ?? Promise.reject(new Error('ENOENT')),
  statfs: async (mountPoint) => {
    if (mountPoint === '/gone') throw new Error('EIO')
    return { mountPoint, blockSize: 4096, blocks: 100, free: 50, available: 40 }
  },
}

test('on Linux, a part that fails is told and left out', async () => {
  const whole = await readLinux(io)
  expect(whole.problems).toEqual(['/gone: EIO'])
  expect(whole).toMatchObject({ load: [0.09, 0.04, 0.01], uptime: 1063.55, interfaces: [{ name: 'lo' }] })
  expect(whole.filesystems.map(({ mountPoint }) => mountPoint)).toEqual(['/'])

  const nothing = await readLinux({
    ...io,
    readFile: async (path) => (path === '/proc/stat' ? 'intr 1' : Promise.reject(new Error('EACCES'))),
  })
  expect(nothing).toEqual({
    host: 'web-1',
    filesystems: [],
    interfaces: [],
    problems: [
      '/proc/stat: not as expected',
      '/proc/loadavg: EACCES',
      '/proc/meminfo: EACCES',
      '/proc/uptime: EACCES',
      '/proc/net/dev: EACCES',
      '/proc/self/mounts: EACCES',
    ],
  })
})

test('elsewhere, what Node tells', async () => {
  const { cpu, memory, filesystems, interfaces, problems } = await readPortable(io)
  expect(Object.keys(cpu ?? {})).toEqual(['user', 'nice', 'system', 'idle', 'interrupt'])
  expect(Object.keys(memory ?? {})).toEqual(['used', 'free'])
  expect({ filesystems: filesystems.length, interfaces, problems }).toEqual({
    filesystems: 1,
    interfaces: [],
    problems: [],
  })
  const noRoot = { ...io, statfs: () => Promise.reject(new Error('EPERM')) }
  expect(await readPortable(noRoot)).toMatchObject({ filesystems: [], problems: ['/: EPERM'] })
})

test('this machine can be read', async () => {
  const here = await readThisHost()
  expect(here.problems).toEqual([])
  const services = (await createSampler({ read: async () => here, now: () => 0 }).sample()).map(
    (e) => e.service,
  )
  expect(services).toEqual(
    expect.arrayContaining([
      'uptime/uptime',
      'load/load/shortterm',
      'memory/percent-used',
      'df-root/percent_bytes-free',
    ]),
  )
})
