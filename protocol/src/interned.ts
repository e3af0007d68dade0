/** Longer bytes are not remembered. */
const LONGEST = 64
const WORDS = LONGEST / 4

/** The bytes that are looked for, four to a word. */
const sought = new Int32Array(WORDS)

/**
 * Remembers what bytes were made into, so that the same bytes give the same thing again without making it anew: one
 * string for a host that sends a thousand times, instead of a thousand.
 *
 * Bounded: each thing has one place, given by a hash of its bytes, and takes it from whatever stood there.
 */
export class Interned<T> {
  /** A place is given by the upper bits of a hash, which all others have a part in. */
  readonly #shift: number
  readonly #make: (bytes: DataView, start: number, end: number) => T
  /** Of each place: the bytes, how many they are, and what they were made into. */
  readonly #keys: Int32Array
  readonly #lengths: Uint8Array
  readonly #values: T[]

  /** `places`: a power of two. `make` has to depend on nothing but the bytes, and what it makes must not be changed. */
  constructor(places: number, make: (bytes: DataView, start: number, end: number) => T) {
    this.#shift = Math.clz32(places)
    this.#make = make
    this.#keys = new Int32Array(places * WORDS)
    this.#lengths = new Uint8Array(places)
    this.#values = new Array(places)
  }

  /** What these bytes are made into; throws what `make` does. */
  get(bytes: DataView, start: number, end: number): T {
    const length = end - start
    if (length > LONGEST || length === 0) return this.#make(bytes, start, end)
    // Word by word; the last one overlaps the one before it where the length is no multiple of four.
    let hash = length
    let words = 0
    if (length >= 4) {
      const last = end - 4
      for (let at = start; at < last; at += 4) {
        const word = bytes.getInt32(at, true)
        sought[words++] = word
        hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ word, MIX)
      }
      const word = bytes.getInt32(last, true)
      sought[words++] = word
      hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ word, MIX)
    } else {
      let word = 0
      for (let at = start; at < end; at++) word = (word << 8) | bytes.getUint8(at)
      sought[words++] = word
      hash = Math.imul(hash ^ word, MIX)
    }
    const place = (hash >>> 1) >>> this.#shift
    const known = this.#values[place]
    if (known !== undefined && this.#lengths[place] === length && this.#has(place, words)) return known
    // Free until it is made: that may throw, and may look for other bytes.
    this.#lengths[place] = 0
    this.#keys.set(sought.subarray(0, words), place * WORDS)
    const made = this.#make(bytes, start, end)
    this.#lengths[place] = length
    this.#values[place] = made
    return made
  }

  #has(place: number, words: number): boolean {
    const keys = this.#keys
    const first = place * WORDS
    for (let i = 0; i < words; i++) if (keys[first + i] !== sought[i]) return false
    return true
  }
}

const MIX = 0x9e3779b1
