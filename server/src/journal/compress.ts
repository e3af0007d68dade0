import { open, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { compressedFile, encodeFrames, FRAME_BYTES, type Frame } from './source.ts'

/** The end of the name of what is being written. */
export const DRAFT = '.draft'

const compressed = promisify(zstdCompress)
/** With a checksum in each frame. */
const OPTIONS = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/**
 * Compresses the first `size` bytes of a segment into a draft beside it, in the threads of libuv's pool; the disk has it
 * when this resolves. `isOver` is asked now and then; once it is true, the draft is removed. Answers the draft's file, or
 * undefined. Rejects as node:fs does, without a draft.
 */
export async function compressSegment(
  file: string,
  size: number,
  isOver: () => boolean,
): Promise<string | undefined> {
  const draft = compressedFile(file) + DRAFT
  try {
    await using source = await open(file, 'r')
    await using target = await open(draft, 'w')
    const frames: Frame[] = []
    const chunk = Buffer.allocUnsafeSlow(FRAME_BYTES)
    for (let at = 0; at < size && !isOver(); ) {
      const { bytesRead } = await source.read(chunk, 0, Math.min(chunk.length, size - at), at)
      if (bytesRead === 0) throw new Error(`${file} ends at byte ${at}, before ${size}`)
      const frame = await compressed(chunk.subarray(0, bytesRead), OPTIONS)
      await target.writeFile(frame)
      frames.push({ stored: frame.length, size: bytesRead })
      at += bytesRead
    }
    await target.writeFile(encodeFrames(frames))
    await target.sync()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  if (!isOver()) return draft
  await rm(draft, { force: true })
  return undefined
}
