import { Show } from 'solid-js'
import type { Theme } from '../theme.ts'

/** Switches between light and dark; shows what a click brings. */
export function ThemeButton(props: { readonly theme: Theme; readonly onToggle: () => void }) {
  const other = () => (props.theme === 'dark' ? 'light' : 'dark')
  return (
    <button
      type="button"
      class="theme-button"
      aria-label={`Switch to the ${other()} theme`}
      title={`Switch to the ${other()} theme`}
      onClick={props.onToggle}
    >
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <Show
          when={props.theme === 'dark'}
          fallback={<path d="M16.500 12.200A7 7 0 0 1 7.800 3.500a7 7 0 1 0 8.700 8.700Z" />}
        >
          <circle cx="10" cy="10" r="3.400" />
          <path d="M10 2v1.800M10 16.200V18M2 10h1.800M16.200 10H18M4.300 4.300l1.300 1.300M14.400 14.400l1.300 1.300M15.700 4.300l-1.300 1.300M5.600 14.400l-1.300 1.300" />
        </Show>
      </svg>
    </button>
  )
}
