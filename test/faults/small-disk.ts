import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../real/processes.ts'

const ROOT = process.getuid?.() === 0
/** Gives a command mounts of its own: what it mounts is seen by nobody else, and gone when it ends. */
const OWN_MOUNTS = ['unshare', '--mount', ...(ROOT ? [] : ['--map-root-user'])] as const
const BLOCK = Buffer.alloc(64 * 1024, 1)

/** A small filesystem of its own, which lives until the end of the test. */
export interface SmallDisk {
  /** Runs a command where the filesystem is mounted. */
  readonly through: readonly string[]
  /** The path by which the test itself reaches what a command there knows by this path. */
  seen(path: string): string
  /** Takes all room that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  /** Lets it only be read, or be written again; while nobody has a file open there. */
  readOnly(on: boolean): void
}

/** Why there can be no such filesystem on this machine, or undefined. */
export function mountProblem(): string | undefined {
  const [command, ...args] = [...OWN_MOUNTS, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0
    ? undefined
    : `no filesystem can be mounted, run it as root: ${error?.message ?? stderr.trim()}`
}

/** Mounts a filesystem of `bytes` at `path`. It outlives the processes that use it. */
export async function smallDisk(path: string, bytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true })
  const [command, ...args] = OWN_MOUNTS
  const script = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && echo mounted && exec sleep infinity`
  const holder = run(command, [...args, 'sh', '-c', script, path])
  await holder.printed('mounted')
  const { pid } = holder
  const seen = (name: string) => join(`/proc/${pid}/root`, name)
  const ballast = seen(join(path, 'ballast'))
  const asUser = ROOT ? [] : ['--user', '--preserve-credentials']
  const through = ['nsenter', '--mount', ...asUser, '--target', String(pid), '--']
  return {
    through,
    seen,
    fill() {
      const fd = openSync(ballast, 'a')
      try {
        for (;;) writeSync(fd, BLOCK)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      } finally {
        closeSync(fd)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    readOnly(on) {
      const [nsenter = '', ...into] = through
      const { status, stderr } = spawnSync(
        nsenter,
        [...into, 'mount', '-o', on ? 'remount,ro' : 'remount,rw', path],
        { encoding: 'utf8' },
      )
      if (status !== 0) throw new Error(`it can't be mounted so: ${stderr}`)
    },
  }
}
