/** That a regular expression can't be read, or is more than Weir does; `at` counts code points of it. */
export class RegexError extends Error {
  override readonly name = 'RegexError'
}

/** Reads a pattern character by character. */
export class PatternReader {
  readonly #chars: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#chars = [...pattern]
  }

  get done(): boolean {
    return this.#at >= this.#chars.length
  }

  /** The character that comes next; '' at the end. */
  get next(): string {
    return this.#chars[this.#at] ?? ''
  }

  take(): string {
    const char = this.next
    this.#at += 1
    return char
  }

  /** Takes the text if it comes next. */
  takeIf(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#chars[this.#at + i] !== text[i]) return false
    this.#at += text.length
    return true
  }

  /** Takes characters as long as they are of a kind, at most so many. */
  takeWhile(kind: RegExp, most = Number.POSITIVE_INFINITY): string {
    let taken = ''
    while (taken.length < most && !this.done && kind.test(this.next)) taken += this.take()
    return taken
  }

  /** Takes all as far as the text, and the text; all that is left where it does not come. */
  takeUntil(text: string): string {
    let taken = ''
    while (!this.done && !this.takeIf(text)) taken += this.take()
    return taken
  }

  error(problem: string): RegexError {
    return new RegexError(`${problem}, at character ${Math.min(this.#at, this.#chars.length) + 1} of it`)
  }
}
