import { Match, Switch } from 'solid-js'
import type { Kind } from '../states.ts'

/** A shape for each kind of state, so that colour is never the only difference. Decoration: the text stands beside it. */
export function Glyph(props: { readonly kind: Kind }) {
  return (
    <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
      <Switch>
        <Match when={props.kind === 'critical'}>
          <path class="glyph-solid" d="M6 .4 11.600 6 6 11.600.4 6Z" />
        </Match>
        <Match when={props.kind === 'warning'}>
          <path class="glyph-solid" d="M6 1 11.600 10.800H.4Z" />
        </Match>
        <Match when={props.kind === 'stale'}>
          <circle class="glyph-line" cx="6" cy="6" r="4.600" stroke-dasharray="2.400 2.400" />
        </Match>
        <Match when={props.kind === 'expired'}>
          <path
            class="glyph-line"
            d="M10.600 6A4.600 4.600 0 1 1 6 1.400 4.600 4.600 0 0 1 10.600 6ZM6 3.400V6l1.800 1.300"
          />
        </Match>
        <Match when={props.kind === 'other'}>
          <rect class="glyph-solid" x="2" y="2" width="8" height="8" rx="1.500" />
        </Match>
        <Match when={props.kind === 'ok'}>
          <path class="glyph-line" d="m1.800 6.400 2.800 2.800 5.600-6.200" />
        </Match>
        <Match when={props.kind === 'none'}>
          <path class="glyph-line" d="M3.500 6h5" />
        </Match>
      </Switch>
    </svg>
  )
}
