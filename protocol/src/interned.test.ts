import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Interned } from './interned.ts'

/** Strings of bytes, one a character, and how many were made. */
function latin1(places: number) {
  const made: string[] = []
  const interned = new Interned(places, (bytes, start, end) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
    made.push(text)
    return { text }
  })
  const get = (text: string) => {
    const bytes = Buffer.from(`<${text}>`, 'latin1')
    return interned.get(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1)
  }
  return { get, made }
}

test('the same bytes give the same thing, made once', () => {
  const { get, made } = latin1(1024)
  expect(get('web-1')).toBe(get('web-1'))
  expect(get('web-2')).not.toBe(get('web-1'))
  expect(made).toEqual(['web-1', 'web-2'])
})

test('more than 64 bytes are made each time', () => {
  const { get, made } = latin1(1024)
  for (const length of [64, 64, 65, 65]) get('x'.repeat(length))
  expect(made.map((text) => text.length)).toEqual([64, 65, 65])
})

test('what throws while it is made is not known then, and makes nothing else known by its bytes', () => {
  let broken = false
  const interned = new Interned(1, (bytes, start) => {
    if (broken) throw new Error('broken')
    return { first: bytes.getUint8(start) }
  })
  const [a, b] = [new DataView(Uint8Array.of(97).buffer), new DataView(Uint8Array.of(98).buffer)]
  expect(interned.get(a, 0, 1)).toEqual({ first: 97 })
  broken = true
  expect(() => interned.get(b, 0, 1)).toThrow('broken')
  broken = false
  expect(interned.get(b, 0, 1)).toEqual({ first: 98 })
})

test('making one may ask for others', () => {
  const letters = new Interned(1, (bytes, start) => String.fromCharCode(bytes.getUint8(start)))
  const words = new Interned(4, (bytes, start, end) =>
    Array.from({ length: end - start }, (_, i) => letters.get(bytes, start + i, start + i + 1)).join('-'),
  )
  const bytes = new DataView(Uint8Array.from(Buffer.from('abcdefgh')).buffer)
  for (let round = 0; round < 2; round++) {
    expect(words.get(bytes, 0, 8)).toBe('a-b-c-d-e-f-g-h')
    expect(words.get(bytes, 0, 5)).toBe('a-b-c-d-e')
  }
})

test('whatever shares a place, each gets its own', () => {
  const bytes = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', '\xff'), maxLength: 70 })
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 60 }), fc.constantFrom(1, 2, 16), (texts, places) => {
      const { get } = latin1(places)
      for (const text of [...texts, ...texts]) expect(get(text)).toEqual({ text })
    }),
  )
})
