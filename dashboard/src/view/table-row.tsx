import { For, onCleanup, onMount, Show } from 'solid-js'
import { age, metric, orDash } from '../format.ts'
import { COLUMNS } from '../order.ts'
import type { Cell } from '../rows.ts'
import { kindOf } from '../states.ts'
import { Details } from './details.tsx'
import { State } from './state.tsx'

export interface TableRowProps {
  readonly cell: Cell
  /** For `aria-rowindex`: the column heads are the first row. */
  readonly index: number
  readonly now: number
  readonly open: boolean
  /** Whether the tab key stops here; within the table the arrow keys move on. */
  readonly tabStop: boolean
  readonly onToggle: () => void
  readonly onFocus: () => void
  readonly onOpenHeight: (pixels: number) => void
}

/** A host and service with its latest event; a click shows all of it. */
export function TableRow(props: TableRowProps) {
  const row = () => props.cell.row()
  const onClick = (): void => {
    // A text that was just selected to be copied is no click.
    if (getSelection()?.type !== 'Range') props.onToggle()
  }
  return (
    <>
      <tr
        class="row"
        classList={{ 'row-open': props.open }}
        data-row={`${row().host ?? ''}|${row().service ?? ''}`}
        data-kind={kindOf(row().shown)}
        aria-rowindex={props.index}
        onClick={onClick}
      >
        <td class="cell-state">
          <State state={row().shown} />
        </td>
        <td class="cell-host" title={row().host ?? ''}>
          {orDash(row().host)}
        </td>
        <td class="cell-service" title={row().service ?? ''}>
          <button
            type="button"
            class="open-button"
            aria-expanded={props.open}
            tabindex={props.tabStop ? 0 : -1}
            onFocus={props.onFocus}
            onClick={(event) => {
              event.stopPropagation()
              props.onToggle()
            }}
          >
            {orDash(row().service)}
          </button>
        </td>
        <td class="cell-metric number">{metric(row().metric)}</td>
        <td class="cell-age number">{age(props.now - row().arrival)}</td>
        <td class="cell-tags">
          <For each={row().tags}>{(tag) => <span class="tag">{tag}</span>}</For>
        </td>
      </tr>
      <Show when={props.open}>
        <OpenRow cell={props.cell} now={props.now} onOpenHeight={props.onOpenHeight} />
      </Show>
    </>
  )
}

function OpenRow(props: Pick<TableRowProps, 'cell' | 'now' | 'onOpenHeight'>) {
  let element: HTMLTableRowElement | undefined
  onMount(() => {
    if (element === undefined) return
    const measured = element
    const observer = new ResizeObserver(() => props.onOpenHeight(measured.offsetHeight))
    observer.observe(measured)
    onCleanup(() => observer.disconnect())
  })
  return (
    <tr
      class="row-details"
      ref={(tr) => {
        element = tr
      }}
    >
      <td colSpan={COLUMNS.length}>
        <Details row={props.cell.row()} now={props.now} />
      </td>
    </tr>
  )
}
