import { closeSync, existsSync, openSync, rmSync, statSync, writeSync } from 'node:fs'

/** What stands ready on disk for the tables, so that alerts can still be written when the disk is full. */
export const RESERVE_BYTES = 16 * 1024 * 1024
const BLOCK = 1024 * 1024

/** A file that takes room while all is well and gives it back when the disk is full. */
export class Reserve {
  readonly #path: string
  readonly #bytes: number

  constructor(path: string, bytes = RESERVE_BYTES) {
    this.#path = path
    this.#bytes = bytes
  }

  /** Takes the room, where there is room; answers whether it has it. */
  hold(): boolean {
    if (existsSync(this.#path) && statSync(this.#path).size >= this.#bytes) return true
    try {
      const fd = openSync(this.#path, 'w', 0o600)
      try {
        // A file of zeros that was only sized would take no room.
        const block = Buffer.alloc(BLOCK, 1)
        for (let at = 0; at < this.#bytes; at += BLOCK)
          writeSync(fd, block, 0, Math.min(BLOCK, this.#bytes - at), at)
      } finally {
        closeSync(fd)
      }
      return true
    } catch {
      this.release()
      return false
    }
  }

  /** Gives the room back. */
  release(): void {
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // A disk that can only be read has no room to give.
    }
  }
}
