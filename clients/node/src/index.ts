export { type Client, type ClientOptions, connect } from './client.ts'
export { type Clock, machineClock } from './clock.ts'
export { ClientError, type ClientErrorCode } from './errors.ts'
export type { EventInput } from './event-input.ts'
