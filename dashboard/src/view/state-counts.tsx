import './state-counts.css'
import { For, Show } from 'solid-js'
import { count } from '../format.ts'
import type { Counts } from '../hosts.ts'
import { KINDS, type Kind } from '../states.ts'
import { Glyph } from './glyph.tsx'

export interface StateCountsProps {
  readonly counts: Counts
  /** The state that the table is filtered by. */
  readonly chosen: string | undefined
  readonly onChoose: (kind: Kind | undefined) => void
}

/** How many rows there are of each kind of state; each filters the table. */
export function StateCounts(props: StateCountsProps) {
  return (
    <ul class="state-counts" aria-label="Rows by state">
      <For each={KINDS}>
        {(kind) => (
          <Show when={props.counts[kind] > 0}>
            <li>
              <button
                type="button"
                class="state-count"
                data-kind={kind}
                aria-pressed={props.chosen === kind}
                onClick={() => props.onChoose(props.chosen === kind ? undefined : kind)}
              >
                <Glyph kind={kind} />
                <span>{kind}</span>
                <span class="number">{count(props.counts[kind])}</span>
              </button>
            </li>
          </Show>
        )}
      </For>
    </ul>
  )
}
