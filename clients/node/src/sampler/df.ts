import type { ValueList } from './collectd-names.ts'
import type { Filesystem } from './reading.ts'

/** How many filesystems are looked at. */
export const MOUNT_LIMIT = 64

/** Images, which are always full, and never change. */
const IMAGES: ReadonlySet<string> = new Set(['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs'])

/** Where container engines mount single files of the machine's disk, and where nobody keeps data. */
const SYSTEM = /^\/(?:dev|etc|proc|run|sys)(?:\/|$)/

/**
 * The mount points worth watching, from the text of `/proc/self/mounts`: `/`, whatever it is (in a container an
 * overlay), and every other filesystem on a device (`/dev/…`) or of ZFS, once: at `/`, else at its shortest mount
 * point. So tmpfs, proc, overlays of other containers and their like are left out, and so are the network's, as asking
 * a file server that is gone would hang. Left out too are read-only images such as snap's and whatever lies below
 * `/dev`, `/etc`, `/proc`, `/run` and `/sys`. At most MOUNT_LIMIT.
 */
export function parseMounts(text: string): string[] {
  // A later mount hides an earlier one at the same place.
  const mounts = new Map<string, { readonly source: string; readonly type: string }>()
  for (const line of text.split('\n')) {
    const [source, mountPoint, type] = line.split(' ', 3).map(unescapeOctal)
    if (source !== undefined && mountPoint !== undefined && type !== undefined)
      mounts.set(mountPoint, { source, type })
  }
  const seen = new Set<string>()
  const points: string[] = []
  const shortestFirst = [...mounts].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  for (const [mountPoint, { source, type }] of shortestFirst) {
    const device = (source.startsWith('/dev/') && !type.startsWith('fuse.')) || type === 'zfs'
    const worth = mountPoint === '/' || (device && !IMAGES.has(type) && !SYSTEM.test(mountPoint))
    if (!worth || seen.has(source)) continue
    seen.add(source)
    points.push(mountPoint)
  }
  return points.slice(0, MOUNT_LIMIT)
}

/**
 * `df-root/percent_bytes-free`, `-used` and `-reserved` (for root alone) and the same in bytes as `df_complex`. As
 * collectd counts, percent are of all blocks, reserved ones included: a full ext4 has 0 free and about 95 used.
 */
export function dfValues(filesystem: Filesystem): ValueList[] {
  const { blockSize, mountPoint } = filesystem
  // Above half of what 64 bits hold, what is available is a negative number: root has eaten into the reserve.
  const available = filesystem.available >= 2 ** 63 ? 0 : filesystem.available
  const allFree = Math.max(filesystem.free, available)
  const blocks = Math.max(filesystem.blocks, allFree)
  if (blocks === 0) return []
  const parts = Object.entries({ free: available, reserved: allFree - available, used: blocks - allFree })
  const pluginInstance = mountPoint === '/' ? 'root' : mountPoint.slice(1).replaceAll('/', '-')
  return parts.flatMap(([part, count]) => [
    dfValue(pluginInstance, 'df_complex', part, count * blockSize),
    dfValue(pluginInstance, 'percent_bytes', part, (100 * count) / blocks),
  ])
}

function dfValue(pluginInstance: string, type: string, part: string, value: number): ValueList {
  const sources = [{ name: 'value', type: 'gauge', value }]
  return { plugin: 'df', pluginInstance, type, typeInstance: part, sources }
}

/** The kernel writes a space as `\040`, and so on. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
