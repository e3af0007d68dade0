import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crcOf } from './crc.ts'

test('is that of zlib, whatever the bytes are, wherever they lie, whatever came before', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.nat(20),
      fc.nat(20),
      fc.maxSafeNat(),
      (bytes, before, behind, seed) => {
        const buffer = Buffer.concat([Buffer.alloc(before, 7), bytes, Buffer.alloc(behind, 9)])
        const end = before + bytes.length
        expect(crcOf(buffer, before, end, seed)).toBe(crc32(bytes, seed % 2 ** 32))
      },
    ),
    { numRuns: 2000 },
  )
})

test('is known of these bytes', () => {
  expect(crcOf(Buffer.from('123456789'), 0, 9, 0)).toBe(0xcbf43926)
})
