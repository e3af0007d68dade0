/** Below this many slots, gaps at the front are not worth closing. */
const SLACK = 1024

/** First in, first out, in constant time at any length (an array's `shift` moves all that follow). */
export class Fifo<T> implements Iterable<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  peek(): T | undefined {
    return this.#items[this.#head]
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.length === 0) this.#reset([])
    else if (this.#head > SLACK && this.#head > this.length) this.#reset(this.#items.slice(this.#head))
    return item
  }

  /** Puts these before all others, in their order. */
  prepend(items: readonly T[]): void {
    this.#reset([...items, ...this.#items.slice(this.#head)])
  }

  /** Takes all out. */
  drain(): T[] {
    const items = [...this]
    this.#reset([])
    return items
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const item of this.#items.slice(this.#head)) if (item !== undefined) yield item
  }

  #reset(items: (T | undefined)[]): void {
    this.#items = items
    this.#head = 0
  }
}
