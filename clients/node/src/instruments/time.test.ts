import { expect, test, vi } from 'vitest'
import { RecordingSender } from './sender.fixture.ts'
import { time } from './time.ts'

/** A stopwatch that shows these seconds, one after the other. */
const showing = (...seconds: number[]) => vi.fn(() => seconds.shift() ?? 0)

test('tells how long a function took, and gives what it gives', () => {
  const client = new RecordingSender()
  expect(time(client, 'report', () => 7, { stopwatch: showing(1, 3.5), event: { ttl: 60 } })).toBe(7)
  expect(client.events).toEqual([{ service: 'report', metric: 2.5, state: 'ok', ttl: 60 }])
})

test('tells how long a promise took', async () => {
  const client = new RecordingSender()
  const { promise, resolve } = Promise.withResolvers<string>()
  const timed = time(client, 'report', () => promise, { stopwatch: showing(1, 2) })
  expect(client.events).toEqual([])
  resolve('done')
  expect(await timed).toBe('done')
  expect(client.events).toEqual([{ service: 'report', metric: 1, state: 'ok' }])
})

test.each([
  ['throws', () => time(new RecordingSender(), 's', () => raise())],
  ['rejects', async () => time(new RecordingSender(), 's', async () => raise())],
])('%s what the function does', async (_, run) => {
  await expect(async () => run()).rejects.toThrow('broken')
})

test('tells of a failure', async () => {
  const client = new RecordingSender()
  await expect(time(client, 's', async () => raise(), { stopwatch: showing(1, 2) })).rejects.toThrow()
  expect(client.events).toEqual([
    { service: 's', metric: 1, state: 'critical', description: 'Error: broken' },
  ])
})

test('leaves alone what is no promise and does its work when its then is called', () => {
  const work = vi.fn()
  const lazy = Object.fromEntries([['then', work]])
  expect(time(new RecordingSender(), 's', () => lazy)).toBe(lazy)
  expect(work).not.toHaveBeenCalled()
})

function raise(): never {
  throw new Error('broken')
}
