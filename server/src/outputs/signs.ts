import type { Tone } from './wording.ts'

/** How each tone looks. */
export const SIGNS: Readonly<Record<Tone, { readonly emoji: string; readonly color: string }>> = {
  critical: { emoji: '🔴', color: '#d92d20' },
  other: { emoji: '🟠', color: '#e8590c' },
  warning: { emoji: '🟡', color: '#f0b400' },
  stale: { emoji: '⚪', color: '#8a8f98' },
  over: { emoji: '🟢', color: '#2e9e4f' },
}
