import type { Row } from 'weir-hub/live'
import { kindOf } from './states.ts'

const FIELDS = ['host', 'service', 'state', 'tag', 'description'] as const

type Field = (typeof FIELDS)[number]

/** One word of a filter; all of them must match. */
export interface Term {
  /** Where to look; undefined: anywhere. */
  readonly field: Field | undefined
  /** In lower case. */
  readonly text: string
  /** `host:"web-1"`: the field is this text, instead of holding it somewhere. */
  readonly whole: boolean
}

/** What a row is searched by: its texts in lower case, made once for each change of a row. */
export interface Searchable {
  readonly host: string
  readonly service: string
  /** What is shown, the event's own state, and the kind they count as. */
  readonly states: readonly string[]
  readonly tags: readonly string[]
  readonly description: string
  readonly everything: string
}

const TERM = /(?:(host|service|state|tag|description):)?(?:"([^"]*)"?|(\S+))/gi

/**
 * Reads a filter: words divided by spaces, a phrase in quotes, either of them after `host:`, `service:`, `state:`,
 * `tag:` or `description:`. A quoted text after one of those must be the whole field. There is no wrong filter: what
 * is not understood is a word; a prefix without a text, as while typing, asks for nothing.
 *
 * @example parseFilter('state:critical tag:web "disk full"')
 */
export function parseFilter(filter: string): readonly Term[] {
  const terms: Term[] = []
  for (const [all, prefix, quoted, word] of filter.matchAll(TERM)) {
    const field = FIELDS.find((name) => name === prefix?.toLowerCase())
    const text = (quoted ?? word ?? all).toLowerCase()
    if (quoted !== undefined) {
      if (text !== '' || field !== undefined) terms.push({ field, text, whole: field !== undefined })
    } else if (!FIELDS.some((name) => `${name}:` === text)) terms.push({ field, text, whole: false })
  }
  return terms
}

export function searchable(row: Row): Searchable {
  const host = (row.host ?? '').toLowerCase()
  const service = (row.service ?? '').toLowerCase()
  const states = [row.shown ?? '', row.state ?? '', kindOf(row.shown)].map((state) => state.toLowerCase())
  const tags = row.tags.map((tag) => tag.toLowerCase())
  const description = (row.description ?? '').toLowerCase()
  return {
    host,
    service,
    states,
    tags,
    description,
    everything: [host, service, ...states, ...tags, description].join('\n'),
  }
}

/** Whether all terms match. */
export function matches(terms: readonly Term[], row: Searchable): boolean {
  return terms.every((term) => {
    if (term.field === undefined) return row.everything.includes(term.text)
    const texts = textsOf(row, term.field)
    return texts.some((text) => (term.whole ? text === term.text : text.includes(term.text)))
  })
}

function textsOf(row: Searchable, field: Field): readonly string[] {
  if (field === 'state') return row.states
  if (field === 'tag') return row.tags
  return [row[field]]
}

/**
 * The filter with its terms on a field replaced by one that wants exactly this value, or without any when the value is
 * undefined. A value with a `"` in it can't be quoted: its first word is looked for instead.
 *
 * @example withField('disk host:db', 'host', 'web-1') // 'disk host:"web-1"'
 */
export function withField(filter: string, field: Field, value: string | undefined): string {
  const terms = [...filter.matchAll(TERM)]
    .filter(([all, prefix]) => prefix?.toLowerCase() !== field && all.toLowerCase() !== `${field}:`)
    .map(([all]) => all)
  if (value === undefined) return terms.join(' ')
  const [word] = value.split(/["\s]/, 1)
  if (!value.includes('"')) terms.push(`${field}:"${value}"`)
  else if (word) terms.push(`${field}:${word}`)
  return terms.join(' ')
}

/** The one value that the filter wants a field to be, if it wants just one. In lower case. */
export function fieldOf(terms: readonly Term[], field: Field): string | undefined {
  const [term, ...more] = terms.filter((term) => term.field === field)
  return term?.whole && more.length === 0 ? term.text : undefined
}
