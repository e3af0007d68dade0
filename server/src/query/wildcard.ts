/**
 * A test for whole texts that are `parts` with any run of characters between each two of them: linear, whatever the
 * parts. A single part is equality.
 *
 * @example
 * wildcardTest('df-*\/percent'.split('*'))('df-root/percent') // true
 */
export function wildcardTest(parts: readonly string[]): (text: string) => boolean {
  const [head = '', ...rest] = parts
  const tail = rest.pop()
  if (tail === undefined) return (text) => text === head
  const middle = rest.filter((part) => part !== '')
  const least = head.length + tail.length
  return (text) => {
    if (text.length < least || !text.startsWith(head) || !text.endsWith(tail)) return false
    const end = text.length - tail.length
    let from = head.length
    for (const part of middle) {
      const at = text.indexOf(part, from)
      if (at < 0 || at + part.length > end) return false
      from = at + part.length
    }
    return true
  }
}
