import { expect, test } from 'vitest'
import { STATUS_CASES } from './http-status.cases.ts'
import { deliveryOf } from './http-status.ts'

const NOW = Date.UTC(2026, 0, 1) * 1000

const answer = (status: number, headers: Record<string, string> = {}, body = '') =>
  deliveryOf({ status, headers: new Headers(headers), body }, NOW)

test.each(STATUS_CASES)('%i is %s', (status, kind) => {
  expect(answer(status).kind).toBe(kind)
})

test.each([199, 600, 0])('%i, which nobody should send, is dead', (status) => {
  expect(answer(status).kind).toBe('dead')
})

test.each([
  ['30', 30],
  ['0', 0],
  [' 1.5 ', 1.5],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
  ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['999999999999999999999999', Number.MAX_SAFE_INTEGER],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
])('Retry-After %j is %j s', (value, afterSeconds) => {
  for (const status of [429, 503]) {
    expect(answer(status, { 'retry-after': value })).toEqual({
      kind: 'retry',
      reason: `HTTP ${status}`,
      afterSeconds,
    })
  }
})

test('a Retry-After that is a date is counted by the clock of the receiver, where it tells it', () => {
  expect(
    answer(429, { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT', date: 'Thu, 01 Jan 2026 00:00:10 GMT' }),
  ).toMatchObject({ afterSeconds: 50 })
})

test('the reason has the status and the beginning of the body', () => {
  expect(answer(404, {}, ' no_service\n')).toEqual({ kind: 'pause', reason: 'HTTP 404 no_service' })
  expect(answer(400, {}, 'x'.repeat(1_000))).toEqual({ kind: 'dead', reason: `HTTP 400 ${'x'.repeat(199)}…` })
  expect(answer(500, {}, '<h1>Oops</h1>\n2026-01-01 ERROR hub: stopped')).toMatchObject({
    reason: 'HTTP 500 <h1>Oops</h1> 2026-01-01 ERROR hub: stopped',
  })
})
