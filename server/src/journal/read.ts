import { messageOf, WeirError } from '../errors.ts'
import type { DamageList } from './damage.ts'
import { SegmentReader } from './reader.ts'
import type { JournalRecord } from './record.ts'
import { HEADER_BYTES, lastPosition, type Segment } from './segment.ts'

/** Where reading begins: at the first record that has at least this position and arrived no earlier than this time. */
export interface ReadFrom {
  readonly position?: number
  /** Integer microseconds. */
  readonly time?: number
}

/**
 * The records of these segments in order, with memory for one buffer.
 *
 * What is damaged is reported and left out: reading goes on behind it. Positions always increase.
 *
 * @throws WeirError WEIR_JOURNAL_INVALID at a record of a kind that this hub does not know.
 */
export function* readSegments(
  segments: readonly Segment[],
  from: ReadFrom,
  damage: DamageList,
): Generator<JournalRecord, void, undefined> {
  const { position = 0, time = 0 } = from
  for (const [place, segment] of segments.entries()) {
    const following = segments[place + 1]
    if (segment.header === undefined || segment.size <= HEADER_BYTES) continue
    if (following !== undefined && isBefore(following, position, time)) continue
    for (const record of readSegment(segment, following, damage)) {
      if (record.position >= position && record.arrival >= time) yield record
    }
  }
}

/** Whether all that comes before this segment lies before what is asked for, as its header or name tells. */
function isBefore(following: Segment, position: number, time: number): boolean {
  return following.first <= position || (following.header !== undefined && following.header.created < time)
}

function* readSegment(
  segment: Segment,
  following: Segment | undefined,
  damage: DamageList,
): Generator<JournalRecord, void, undefined> {
  const { file } = segment
  const last = lastPosition(segment, following)
  const limit = last ?? (following === undefined ? Number.POSITIVE_INFINITY : following.first - 1)
  let reader: SegmentReader | undefined
  try {
    reader = openSegment(segment, damage)
    while (reader.position <= limit) {
      const record = reader.next()
      if (record === undefined) break
      yield record
    }
    const { offset, size, position } = reader
    if (position > limit) return
    const lost =
      last === undefined ? `records from position ${position} on` : `records ${position} to ${last}`
    if (offset < size) {
      damage.add({
        file,
        offset,
        problem: `no whole record follows in ${size - offset} bytes: ${lost} are lost`,
      })
    } else if (last !== undefined) {
      damage.add({ file, offset, problem: `the file ends early: ${lost} are lost` })
    }
  } catch (error) {
    if (error instanceof WeirError) throw error
    const offset = reader?.offset ?? 0
    damage.add({ file, offset, problem: `cannot be read on from here: ${messageOf(error)}` })
  } finally {
    reader?.close()
  }
}

/** A reader that reports the damaged records that it passes over. */
export function openSegment(segment: Segment, damage: DamageList): SegmentReader {
  return new SegmentReader(segment, (offset, position) =>
    damage.add({ file: segment.file, offset, problem: `record ${position} is damaged and lost` }),
  )
}
