import type { Entry } from './index.ts'

/**
 * The entries of each service, in lists through the entries themselves: two references an entry, and a place in a map
 * for each service that there is.
 *
 * A list may be walked while it changes: what is added stands before those that were there, and what is taken out still
 * knows what comes after it.
 */
export class ByService {
  readonly #first = new Map<string | undefined, Entry>()

  /** How many services there are. */
  get size(): number {
    return this.#first.size
  }

  /** Each service that there is. */
  services(): MapIterator<string | undefined> {
    return this.#first.keys()
  }

  /** The first entry of a service; `entry.after` is the next. */
  first(service: string | undefined): Entry | undefined {
    return this.#first.get(service)
  }

  add(entry: Entry): void {
    const { service } = entry.event
    const after = this.#first.get(service)
    entry.after = after
    if (after !== undefined) after.before = entry
    this.#first.set(service, entry)
  }

  remove(entry: Entry): void {
    const { before, after } = entry
    if (after !== undefined) after.before = before
    if (before !== undefined) {
      before.after = after
      return
    }
    const { service } = entry.event
    if (after === undefined) this.#first.delete(service)
    else this.#first.set(service, after)
  }
}
