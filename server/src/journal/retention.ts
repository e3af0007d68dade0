import { hasCode, type JournalIo } from './io.ts'
import { type Segment, sizeOnDisk } from './segment.ts'
import { compressedFile } from './source.ts'

/** What may go, and what may not. */
export interface RetentionLimits {
  /** Segments go while all of them together take more. */
  readonly bytes: number
  /** A segment goes when all its records arrived before: integer microseconds. */
  readonly arrival: number
  /** A segment stays when it may hold this position or a later one. */
  readonly keepFrom: number
}

/** How many of the oldest segments are to be removed; never all of them. */
export function countExpired(segments: readonly Segment[], limits: RetentionLimits): number {
  let bytes = segments.reduce((sum, segment) => sum + sizeOnDisk(segment), 0)
  let count = 0
  for (const [place, segment] of segments.entries()) {
    const following = segments[place + 1]
    if (following === undefined || following.first > limits.keepFrom) break
    const begun = segments.slice(place + 1).find((later) => later.header !== undefined)?.header?.created
    const old = begun !== undefined && begun < limits.arrival
    if (!old && bytes <= limits.bytes) break
    bytes -= sizeOnDisk(segment)
    count += 1
  }
  return count
}

/** Removes a segment's files. Throws what `io.unlink` does, but for a file that is gone already. */
export function removeSegment(segment: Segment, io: JournalIo): void {
  // The segment's own file goes last: without it nobody would look for the others.
  const own = segment.stored === undefined ? segment.file : compressedFile(segment.file)
  for (const file of [...segment.torn.map((torn) => torn.file), own]) {
    try {
      io.unlink(file)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
  }
}
