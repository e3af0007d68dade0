import { makeEvent } from 'weir-protocol'
import { index } from 'weir-hub' // planted: client
import type { Frame } from 'weir-hub/live' // planted: client
export const known = [makeEvent, index] as unknown as Frame
