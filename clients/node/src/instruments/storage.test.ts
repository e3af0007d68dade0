import { readFile } from 'node:fs/promises'
import { expect, expectTypeOf, test } from 'vitest'
import { VirtualClock } from '../clock.fixture.ts'
import { createMeters } from './meters.ts'
import { RecordingSender } from './sender.fixture.ts'
import { measured } from './storage.ts'

function measuring() {
  const client = new RecordingSender()
  const clock = new VirtualClock()
  return {
    client,
    clock,
    meters: createMeters(client, { clock, stopwatch: () => clock.now() / 1e6, every: 10 }),
  }
}

test('a read of a file is counted, timed, and its bytes are', async () => {
  const { client, clock, meters } = measuring()
  const read = measured(meters, 'disk/read', (file: string) => readFile(file, 'utf8'), {
    bytes: ({ length }) => length,
  })
  expectTypeOf(read).toEqualTypeOf<(file: string) => Promise<string>>()
  const { length } = await read(import.meta.filename)
  await expect(read('/nowhere')).rejects.toThrow('ENOENT')
  clock.advance(10_000)
  expect(client.report).toMatchObject({
    'disk/read/rate': 0.2,
    'disk/read/errors': 0.1,
    'disk/read/bytes': length / 10,
  })
})

test('keeps this, arguments and errors, and takes time by the stopwatch', () => {
  const { client, clock, meters } = measuring()
  const store = {
    size: 3,
    get: measured(meters, 'store', function (this: { size: number }, more: number) {
      clock.advance(500)
      if (more < 0) throw new RangeError('negative')
      return this.size + more
    }),
  }
  expect(store.get(4)).toBe(7)
  expect(() => store.get(-1)).toThrow(RangeError)
  meters.flush()
  expect(client.report).toMatchObject({ 'store/latency/max': expect.closeTo(0.5, 1), 'store/errors': 1 })
})

test('what counting throws is not the application’s concern', () => {
  const { meters } = measuring()
  const size = () => {
    throw new Error('broken')
  }
  expect(measured(meters, 's', () => 1, { bytes: size })()).toBe(1)
})
