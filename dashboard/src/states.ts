/** What the page makes of a state: the kinds that have a colour and a glyph of their own, worst first. */
export const KINDS = ['critical', 'warning', 'stale', 'expired', 'other', 'ok', 'none'] as const

export type Kind = (typeof KINDS)[number]

/**
 * The kind of a state. States are free text in this protocol: any that the page does not know is `other`,
 * an absent or empty one is `none`. Upper and lower case are the same.
 *
 * @example kindOf('Critical') // 'critical'
 * @example kindOf('rebooting') // 'other'
 */
export function kindOf(state: string | null): Kind {
  if (state === null || state === '') return 'none'
  const lower = state.toLowerCase()
  return KINDS.find((kind) => kind === lower) ?? 'other'
}

const RANKS: ReadonlyMap<Kind, number> = new Map(KINDS.map((kind, rank) => [kind, rank]))

/** The place of a kind in `KINDS`: 0 is the worst. */
export function rankOf(kind: Kind): number {
  return RANKS.get(kind) ?? KINDS.length
}
