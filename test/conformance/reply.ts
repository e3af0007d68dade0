import { decodeMsg, type Msg } from 'weir-protocol'
import type { Reply } from './differences.ts'

/** An answer, or the frame with it in hex, as the differences speak of it: its error as far as the first colon. */
export function replyOf(answer: Msg | string): Exclude<Reply, 'closed'> {
  const { ok, error } =
    typeof answer === 'string' ? decodeMsg(Buffer.from(answer, 'hex').subarray(4), 0) : answer
  return { ok: ok === true, error: error?.split(':')[0] }
}
