import type { Delivery } from './notification.ts'

/** Every status of HTTP that a receiver may answer with, and what it means for a message: for the test of each destination that speaks HTTP. */
export const STATUS_CASES: readonly (readonly [status: number, kind: Delivery['kind']])[] = [
  ...[200, 201, 202, 203, 204, 205, 206, 207, 208, 226].map((status) => [status, 'sent'] as const),
  ...[300, 301, 302, 303, 304, 305, 307, 308].map((status) => [status, 'pause'] as const),
  ...[401, 402, 403, 404, 405, 407, 410, 421, 426, 451, 511].map((status) => [status, 'pause'] as const),
  ...[400, 406, 409, 411, 412, 413, 414, 415, 416, 417].map((status) => [status, 'dead'] as const),
  ...[418, 422, 423, 424, 428, 431].map((status) => [status, 'dead'] as const),
  ...[408, 425, 429].map((status) => [status, 'retry'] as const),
  ...[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 599].map((status) => [status, 'retry'] as const),
]
