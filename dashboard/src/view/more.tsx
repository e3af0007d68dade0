import { Show } from 'solid-js'
import { count, plural } from '../format.ts'

export interface MoreProps {
  readonly total: number
  /** How many are shown at first, and at most. */
  readonly few: number
  readonly most: number
  readonly noun: string
  readonly expanded: boolean
  readonly onToggle: () => void
}

/** Opens and closes the rest of a list, and says when even that is not all. */
export function More(props: MoreProps) {
  return (
    <Show when={props.total > props.few}>
      <p class="more">
        <button type="button" class="text-button" aria-expanded={props.expanded} onClick={props.onToggle}>
          {props.expanded ? 'Show fewer' : `Show all ${plural(props.total, props.noun)}`}
        </button>
        <Show when={props.expanded && props.total > props.most}>
          <span>
            {' '}
            the worst {count(props.most)} of {count(props.total)}
          </span>
        </Show>
      </p>
    </Show>
  )
}
