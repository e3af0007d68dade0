import type { AlertView } from 'weir-hub/live'
import type { SilenceMatch } from './operate.ts'

/** Something of which nobody is to be told, and how it is called. */
export interface Scope {
  readonly text: string
  readonly match: SilenceMatch
}

/** What a silence that is made at an alert may hold back, the narrowest first. In a match, `*` would be a pattern. */
export function scopesOf({ rule, host, service }: AlertView): readonly Scope[] {
  const own = {
    rule,
    ...(host === null ? {} : { host }),
    ...(service === null ? {} : { service }),
  }
  return [
    { text: 'this alert', match: own },
    ...(host === null
      ? []
      : [
          { text: `'${rule}' on ${host}`, match: { rule, host } },
          { text: `everything on ${host}`, match: { host } },
        ]),
    { text: `'${rule}' everywhere`, match: { rule } },
  ]
}
