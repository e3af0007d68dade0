import { expect, test } from 'vitest'
import { type ValueList, valueEvents } from './collectd-names.ts'
import { cpuValues, parseStat } from './cpu.ts'
import { dfValues, parseMounts } from './df.ts'
import { INTERFACE_LIMIT, interfaceValues, parseNetDev } from './interfaces.ts'
import { loadValues, parseLoadavg } from './load.ts'
import { memoryValues, parseMeminfo } from './memory.ts'
import { parseUptime, uptimeValues } from './uptime.ts'

/** Service and metric of each event, one a line. */
function table(lists: readonly ValueList[]): string {
  const events = lists.flatMap((list) => valueEvents(list, { host: 'web-1', time: 0, ttl: 20 }))
  return events.map(({ service, metric }) => `${service} ${metric}`).join('\n')
}

test('cpu: percent of the time between two readings, of all processors', () => {
  const before = parseStat(
    'cpu  4000 10 3000 200000 250 0 50 10 0 0\ncpu0 2000 10 1380 102552 22 0 8 8 0 0\n',
  )
  const after = parseStat('cpu  4020 10 3010 200165 240 1 52 12 7 0\n')
  expect(table(cpuValues(before ?? {}, after ?? {}))).toMatchInlineSnapshot(`
    "cpu/percent-user 10
    cpu/percent-nice 0
    cpu/percent-system 5
    cpu/percent-idle 82.5
    cpu/percent-wait 0
    cpu/percent-interrupt 0.5
    cpu/percent-softirq 1
    cpu/percent-steal 1"
  `)
  expect(cpuValues(after ?? {}, after ?? {})).toEqual([])
})

test('cpu: an old kernel has fewer columns', () => {
  expect(parseStat('cpu  1 2 3 4\n')).toEqual({ user: 1, nice: 2, system: 3, idle: 4 })
})

test('load', () => {
  expect(table(loadValues(parseLoadavg('0.09 0.04 1.01 1/93 6711\n') ?? [0, 0, 0]))).toMatchInlineSnapshot(`
    "load/load/shortterm 0.09
    load/load/midterm 0.04
    load/load/longterm 1.01"
  `)
})

test('uptime', () => {
  expect(table(uptimeValues(parseUptime('1063.55 2043.16\n') ?? 0))).toBe('uptime/uptime 1063')
})

test('memory: bytes and percent by use', () => {
  const meminfo = `MemTotal:       10000 kB
MemFree:         5000 kB
MemAvailable:    7000 kB
Buffers:          500 kB
Cached:          2000 kB
SwapCached:         0 kB
Slab:            1000 kB
SReclaimable:     750 kB
SUnreclaim:       250 kB
Active(anon):    1564 kB
HugePages_Total:    0
`
  expect(table(memoryValues(parseMeminfo(meminfo) ?? {}))).toMatchInlineSnapshot(`
    "memory/memory-used 1536000
    memory/percent-used 15
    memory/memory-free 5120000
    memory/percent-free 50
    memory/memory-buffered 512000
    memory/percent-buffered 5
    memory/memory-cached 2048000
    memory/percent-cached 20
    memory/memory-slab_recl 768000
    memory/percent-slab_recl 7.5
    memory/memory-slab_unrecl 256000
    memory/percent-slab_unrecl 2.5"
  `)
})

test.each([
  ['an ext4 with reserved blocks', { blocks: 1000, free: 250, available: 200 }, [20, 5, 75]],
  ['full for users', { blocks: 1000, free: 50, available: 0 }, [0, 5, 95]],
  ['root has eaten into the reserve', { blocks: 1000, free: 20, available: 2 ** 64 - 30 }, [0, 2, 98]],
  ['empty', { blocks: 1000, free: 1000, available: 1000 }, [100, 0, 0]],
  ['more available than free', { blocks: 1000, free: 100, available: 200 }, [20, 0, 80]],
])('df: %s', (_, counts, [free, reserved, used]) => {
  expect(table(dfValues({ mountPoint: '/srv/data/volume 1', blockSize: 4096, ...counts }))).toBe(
    `df-srv-data-volume 1/df_complex-free ${(free ?? 0) * 40_960}
df-srv-data-volume 1/percent_bytes-free ${free}
df-srv-data-volume 1/df_complex-reserved ${(reserved ?? 0) * 40_960}
df-srv-data-volume 1/percent_bytes-reserved ${reserved}
df-srv-data-volume 1/df_complex-used ${(used ?? 0) * 40_960}
df-srv-data-volume 1/percent_bytes-used ${used}`,
  )
})

test('df: the root is root, and what has no blocks has no values', () => {
  const root = { mountPoint: '/', blockSize: 1, blocks: 4, free: 1, available: 1 }
  expect(table(dfValues(root))).toContain('df-root/percent_bytes-free 25')
  expect(dfValues({ ...root, blocks: 0, free: 0, available: 0 })).toEqual([])
})

test.each([
  [
    'a server',
    `rootfs / rootfs rw 0 0
sysfs /sys sysfs rw 0 0
/dev/mapper/vg-root / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/sda1 /boot ext4 rw 0 0
/dev/sda2 /boot/efi vfat rw 0 0
tank/home /home zfs rw 0 0
/dev/sdb1 /srv/data\\040volume xfs rw 0 0
/dev/sdb1 /srv/chroot/srv/data xfs rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
files:/export /mnt/nfs nfs4 rw 0 0
//files/share /mnt/share cifs rw 0 0`,
    ['/', '/boot', '/home', '/boot/efi', '/srv/data volume'],
  ],
  [
    'a container',
    `overlay / overlay rw,lowerdir=/a:/b 0 0
proc /proc proc rw 0 0
tmpfs /dev tmpfs rw 0 0
/dev/vda1 /etc/resolv.conf ext4 rw 0 0
/dev/vda1 /etc/hosts ext4 rw 0 0
/dev/vda1 /dev/termination-log ext4 rw 0 0
/dev/vda1 /data ext4 rw 0 0
shm /dev/shm tmpfs rw 0 0`,
    ['/', '/data'],
  ],
  [
    'btrfs, one device at several places',
    `/dev/nvme0n1p2 / btrfs rw,subvol=/@ 0 0
/dev/nvme0n1p2 /home btrfs rw,subvol=/@home 0 0`,
    ['/'],
  ],
  ['a mount that hides another', '/dev/sda1 /mnt ext4 rw 0 0\ntmpfs /mnt tmpfs rw 0 0\n', []],
  ['nothing that was expected', 'one two\n\nthree', []],
])('df: the mount points of %s', (_, text, points) => expect(parseMounts(text)).toEqual(points))

const netDev = (rows: string) => `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
${rows}`

test('interfaces: a second, between two readings', () => {
  const [before] = parseNetDev(netDev('  eth0: 1000 10 1 0 0 0 0 0 5000 20 0 2 0 0 0 0\n'))
  const [after] = parseNetDev(netDev('  eth0:21000 30 1 4 0 0 0 0 1 40 0 3 0 0 0 0\n'))
  if (before === undefined || after === undefined) throw new Error('eth0 was not read')
  expect(table(interfaceValues(before, after, 10))).toMatchInlineSnapshot(`
    "interface-eth0/if_octets/rx 2000
    interface-eth0/if_packets/rx 2
    interface-eth0/if_packets/tx 2
    interface-eth0/if_errors/rx 0
    interface-eth0/if_errors/tx 0
    interface-eth0/if_dropped/rx 0.4
    interface-eth0/if_dropped/tx 0.1"
  `)
})

test('interfaces: neither idle ones nor the ends of containers, and not without end', () => {
  const row = (name: string, octets: number) => `${name}: ${octets} 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0`
  const rows = [row('    lo', 1), row('ifb0', 0), row('vethab12', 9), row('br-7f', 9), row('wlan0', 2)]
  expect(parseNetDev(netDev(rows.join('\n'))).map(({ name }) => name)).toEqual(['lo', 'wlan0'])
  const many = Array.from({ length: 100 }, (_, n) => row(`dummy${n}`, 1))
  expect(parseNetDev(netDev(many.join('\n')))).toHaveLength(INTERFACE_LIMIT)
})

test.each([
  ['cpu', parseStat],
  ['load', parseLoadavg],
  ['memory', parseMeminfo],
  ['uptime', parseUptime],
])('%s: a text of another shape is not a reading', (_, parse) => {
  for (const text of ['', '\0', 'cpu', 'MemTotal: x kB', '1']) expect(parse(text)).toBeUndefined()
})
