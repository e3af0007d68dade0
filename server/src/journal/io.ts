import { fdatasyncSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { messageOf, WeirError } from '../errors.ts'

/** The calls by which a journal changes the disk, so that a test can let them fail. Each throws as node:fs does. */
export interface JournalIo {
  open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): number
  /** Returns how many bytes were written, which may be fewer than asked. */
  write(fd: number, bytes: Uint8Array, offset: number, length: number, at: number): number
  truncate(fd: number, size: number): void
  sync(fd: number): void
  unlink(path: string): void
}

/** The machine's own disk. */
export const diskIo: JournalIo = {
  open: (path, flags) => openSync(path, flags),
  write: (fd, bytes, offset, length, at) => writeSync(fd, bytes, offset, length, at),
  truncate: (fd, size) => ftruncateSync(fd, size),
  sync: (fd) => fdatasyncSync(fd),
  unlink: (path) => unlinkSync(path),
}

/** Writes the first `length` bytes at `at`, however many calls that takes. */
export function writeAll(io: JournalIo, fd: number, bytes: Uint8Array, length: number, at: number): void {
  let written = 0
  while (written < length) {
    const count = io.write(fd, bytes, written, length - written, at + written)
    if (count === 0) throw new Error('the disk took no bytes')
    written += count
  }
}

/** What a journal throws when the disk refuses a change; the disk's own error is its cause. */
export function diskError(file: string, cause: unknown): WeirError {
  return new WeirError('WEIR_JOURNAL_WRITE', { file, problem: messageOf(cause) }, { cause })
}

/** Whether the error of a call is one of these: `ENOSPC`, `EACCES` … */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => error.code === code)
}
