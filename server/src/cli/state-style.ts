import type { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const STYLES: Readonly<Record<string, Style>> = {
  ok: 'green',
  warning: 'yellow',
  critical: ['bold', 'red'],
  expired: 'magenta',
}

/** How a state is shown on a terminal with colours. */
export function styleOf(state: string | undefined): Style {
  if (state === undefined) return 'dim'
  return Object.hasOwn(STYLES, state) ? (STYLES[state] ?? 'reset') : 'cyan'
}
