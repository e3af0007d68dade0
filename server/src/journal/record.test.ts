import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord, isRecord, type NewRecord, recordLength } from './record.ts'

const RECORD: NewRecord = { arrival: Number.MAX_SAFE_INTEGER, kind: 'gap', bytes: new Uint8Array([7, 8, 9]) }

test.each([1, 2 ** 32, Number.MAX_SAFE_INTEGER])(
  'a record with position %i is read back, and only there',
  (at) => {
    const buffer = Buffer.alloc(100)
    const end = encodeRecord(buffer, 10, at, RECORD)
    expect(end).toBe(10 + 17 + 3)
    expect(recordLength(buffer, 10)).toBe(20)
    expect(isRecord(buffer, 10, end, at)).toBe(true)
    expect(decodeRecord(buffer, 10, end, at)).toEqual({ ...RECORD, position: at })
    expect(isRecord(buffer, 10, end, at - 1)).toBe(false)
  },
)

test('zeros are no record, not even at the position where their checksum is right', () => {
  const position = 529_593_178
  expect(crc32(Buffer.alloc(13), position)).toBe(0)
  expect(isRecord(Buffer.alloc(17), 0, 17, position)).toBe(false)
})
