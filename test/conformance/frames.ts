import { decodeMsg, MAX_FRAME, type Msg, ProtocolError } from 'weir-protocol'
import type { SentFrame } from './differences.ts'

/** The frames in the bytes of a connection, up to one that is too large, and how many bytes a last one lacks. */
export function framesIn(bytes: Uint8Array): { readonly frames: SentFrame[]; readonly lacks: number } {
  const frames: SentFrame[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  while (at + 4 <= bytes.length) {
    const length = view.getUint32(at)
    const payload = bytes.subarray(at + 4, at + 4 + length)
    if (length > MAX_FRAME) return { frames: [...frames, { length, msg: 'refused' }], lacks: 0 }
    if (payload.length < length) return { frames, lacks: length - payload.length }
    frames.push({ length, msg: read(payload) })
    at += 4 + length
  }
  return { frames, lacks: at === bytes.length ? 0 : Number.NaN }
}

function read(payload: Uint8Array): Msg | 'refused' {
  try {
    return decodeMsg(payload, 0)
  } catch (error) {
    if (error instanceof ProtocolError) return 'refused'
    throw error
  }
}
