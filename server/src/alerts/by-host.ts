/** Names of alerts by host, so that those of one host are found without going through all. */
export class ByHost {
  readonly #hosts = new Map<string, string | undefined>()
  readonly #names = new Map<string | undefined, Set<string>>()

  /** Puts the name under this host, and under no other. */
  set(name: string, host: string | undefined): void {
    this.delete(name)
    this.#hosts.set(name, host)
    const names = this.#names.get(host)
    if (names === undefined) this.#names.set(host, new Set([name]))
    else names.add(name)
  }

  delete(name: string): void {
    if (!this.#hosts.has(name)) return
    const host = this.#hosts.get(name)
    this.#hosts.delete(name)
    const names = this.#names.get(host)
    names?.delete(name)
    if (names?.size === 0) this.#names.delete(host)
  }

  get size(): number {
    return this.#hosts.size
  }

  /** The host of a name that is there. */
  hostOf(name: string): string | undefined {
    return this.#hosts.get(name)
  }

  has(name: string): boolean {
    return this.#hosts.has(name)
  }

  /** All names with their hosts, in the order in which they were put there. */
  entries(): readonly (readonly [name: string, host: string | undefined])[] {
    return [...this.#hosts]
  }

  /** All names, as they are now. */
  all(): readonly string[] {
    return [...this.#hosts.keys()]
  }

  /** The name under this host that was put there first. */
  first(host: string | undefined): string | undefined {
    return this.#names.get(host)?.values().next().value
  }

  /** The names under this host, as they are now. */
  of(host: string | undefined): readonly string[] {
    return [...(this.#names.get(host) ?? [])]
  }
}
