import { createSignal } from 'solid-js'

export type Theme = 'light' | 'dark'

/** The place of the remembered theme; `public/theme.js` reads it before the first painting. */
const KEY = 'weir-theme'

export interface ThemeIo {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly root: { readonly dataset: DOMStringMap }
  /** Whether the system asks for dark, and its changes. */
  readonly prefersDark: { readonly matches: boolean; addEventListener(type: 'change', run: () => void): void }
}

/**
 * The theme that is shown, and a switch to the other one. A choice is remembered, unless it is what the system asks for
 * anyway: then the page follows the system again.
 */
export function createTheme({ storage, root, prefersDark }: ThemeIo): { theme(): Theme; toggle(): void } {
  const system = (): Theme => (prefersDark.matches ? 'dark' : 'light')
  const [chosen, setChosen] = createSignal(remembered(storage))
  const [theme, setTheme] = createSignal(chosen() ?? system())

  prefersDark.addEventListener('change', () => setTheme(chosen() ?? system()))
  return {
    theme,
    toggle() {
      const next = theme() === 'dark' ? 'light' : 'dark'
      const choice = next === system() ? undefined : next
      setChosen(choice)
      setTheme(next)
      if (choice === undefined) delete root.dataset.theme
      else root.dataset.theme = choice
      remember(storage, choice)
    },
  }
}

function remembered(storage: ThemeIo['storage']): Theme | undefined {
  try {
    const theme = storage.getItem(KEY)
    return theme === 'light' || theme === 'dark' ? theme : undefined
  } catch {
    return undefined
  }
}

function remember(storage: ThemeIo['storage'], theme: Theme | undefined): void {
  try {
    if (theme === undefined) storage.removeItem(KEY)
    else storage.setItem(KEY, theme)
  } catch {
    // Storage is forbidden or full: the choice holds until the page is left.
  }
}
