import { oneLine } from './plain-text.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** What stands in for a character that would format: Slack's markup has no way to escape these. */
const LOOKALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' }

/** A formatting character that is not inside a word, where Slack may take it for the begin or end of formatting. */
const MARKS = /(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])|`/gu

/**
 * Text of an event as Slack's mrkdwn, in one line, that shows as it is: no mention, link, quote or formatting comes
 * of it. `&`, `<` and `>` become entities; `*`, `_` and `~` that could format, and every backtick, become characters
 * that look alike, while those inside of words (`percent_bytes`) stay. For text objects with `verbatim: true`.
 *
 * `max` bounds the characters before the entities.
 */
export function escaped(text: string, max?: number): string {
  return entities(
    oneLine(text, max)
      .replace(/^(>\s*)+/, '› ')
      .replace(MARKS, (mark) => LOOKALIKES[mark] ?? mark),
  )
}

/** A name from an event as code: nothing in it formats, and it can be copied as it is. */
export function code(text: string, max?: number): string {
  return `\`${entities(oneLine(text, max).replaceAll('`', 'ˋ')) || ' '}\``
}

/** A link to an address for which `isWeb` holds. */
export function link(address: string, words: string): string {
  const href = new URL(address).href.replace(/[<>|]/g, (char) => encodeURIComponent(char))
  return `<${entities(href)}|${escaped(words)}>`
}

function entities(text: string): string {
  return text.replace(/[&<>]/g, (char) => ENTITIES[char] ?? char)
}
