export { decodeMsg, type Msg } from './decode.ts'
export { encodeFrame, encodeMsg, type OutgoingEvent, type OutgoingMsg } from './encode.ts'
export { ProtocolError, type ProtocolReason } from './error.ts'
export {
  DEFAULT_TTL,
  type Event,
  EXPIRED,
  expire,
  isExpired,
  makeEvent,
  NO_ATTRIBUTES,
  NO_TAGS,
} from './event.ts'
export { FrameReader } from './frame.ts'
export { MAX_DATAGRAM, MAX_EVENTS, MAX_FRAME, MAX_TTL } from './limits.ts'
