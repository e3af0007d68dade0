import './table.css'
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import type { Clock } from '../clock.ts'
import { excerpt } from '../excerpt.ts'
import { count } from '../format.ts'
import { COLUMNS, type Column, clicked, type Sort } from '../order.ts'
import type { Cell } from '../rows.ts'
import { TableRow } from './table-row.tsx'

export interface TableProps {
  /** The rows to show, in their order. */
  readonly cells: readonly Cell[]
  /** How many there are without the filter, on the page and at the hub. */
  readonly total: number
  readonly indexed: number
  /** Whether the page can hold no more. */
  readonly full: boolean
  readonly now: number
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
  /** Is another one when something else is asked for: then the table shows its beginning. */
  readonly question: unknown
  readonly onClear: () => void
  readonly clock: Clock
  /** What stands above the columns and stays in sight with them. */
  readonly tools: JSX.Element
}

/** Before the style sheet says how high a row is. */
const ASSUMED_ROW_HEIGHT = 32

/** The index: every host and service with its latest event. Only the rows in sight are in the document. */
export function Table(props: TableProps) {
  const [body, setBody] = createSignal<HTMLTableSectionElement>()
  const [sight, setSight] = createSignal({ top: 0, height: innerHeight, rowHeight: ASSUMED_ROW_HEIGHT })
  const [open, setOpen] = createSignal<string>()
  const [openHeight, setOpenHeight] = createSignal(0)
  const [active, setActive] = createSignal<string>()

  const look = (): void => {
    const element = body()
    if (element === undefined) return
    const rowHeight = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row-height'))
    const top = -element.getBoundingClientRect().top
    setSight({ top, height: innerHeight, rowHeight: rowHeight || ASSUMED_ROW_HEIGHT })
  }
  let cancel: (() => void) | undefined
  const lookSoon = (): void => {
    cancel ??= props.clock.nextFrame(() => {
      cancel = undefined
      look()
    })
  }
  onMount(() => {
    look()
    const observer = new ResizeObserver(lookSoon)
    observer.observe(document.body)
    addEventListener('scroll', lookSoon, { passive: true })
    addEventListener('resize', lookSoon)
    onCleanup(() => {
      cancel?.()
      observer.disconnect()
      removeEventListener('scroll', lookSoon)
      removeEventListener('resize', lookSoon)
    })
  })

  const openIndex = createMemo(() => {
    const key = open()
    return key === undefined ? -1 : props.cells.findIndex((cell) => cell.key === key)
  })
  const part = createMemo(
    () => excerpt({ rows: props.cells.length, open: openIndex(), openHeight: openHeight(), ...sight() }),
    undefined,
    {
      equals: (a, b) =>
        a.first === b.first && a.end === b.end && a.before === b.before && a.after === b.after,
    },
  )
  const shown = createMemo(() => props.cells.slice(part().first, part().end))
  const tabStop = createMemo(() => {
    const key = active()
    return shown().some((cell) => cell.key === key) ? key : shown()[0]?.key
  })

  const toggle = (key: string): void => {
    setActive(key)
    setOpenHeight(0)
    setOpen(open() === key ? undefined : key)
  }
  const onArrow = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const here = props.cells.findIndex((cell) => cell.key === active())
    const next = props.cells[here + step]
    if (step === 0 || here < 0 || next === undefined) return
    event.preventDefault()
    setActive(next.key)
    const row = body()?.querySelector(`[aria-rowindex="${here + step + 2}"]`)
    row?.querySelector('button')?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
  }

  createEffect(
    on(
      () => props.question,
      () => {
        const section = body()?.closest('section')
        if (section && section.getBoundingClientRect().top < 0) section.scrollIntoView()
      },
      { defer: true },
    ),
  )

  return (
    <section
      id="index"
      class="index"
      classList={{ 'index-filtered': props.cells.length < props.total }}
      aria-label="All services"
    >
      <div class="tools">{props.tools}</div>
      <table class="rows" aria-rowcount={props.cells.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <For each={COLUMNS}>
              {(column) => <ColumnHead column={column} sort={props.sort} onSort={props.onSort} />}
            </For>
          </tr>
        </thead>
        <tbody
          ref={setBody}
          style={{ 'padding-top': `${part().before}px`, 'padding-bottom': `${part().after}px` }}
          onKeyDown={onArrow}
        >
          <For each={shown()}>
            {(cell, index) => (
              <TableRow
                cell={cell}
                index={part().first + index() + 2}
                now={props.now}
                open={open() === cell.key}
                tabStop={tabStop() === cell.key}
                onToggle={() => toggle(cell.key)}
                onFocus={() => setActive(cell.key)}
                onOpenHeight={setOpenHeight}
              />
            )}
          </For>
        </tbody>
      </table>
      <Show when={props.cells.length === 0}>
        <p class="rows-none">
          No row matches.{' '}
          <button type="button" class="text-button" onClick={props.onClear}>
            Clear the filter
          </button>
        </p>
      </Show>
      <Show when={props.full && props.indexed > props.total}>
        <p class="rows-none">
          The hub has {count(props.indexed)} rows; this page holds {count(props.total)} of them.
        </p>
      </Show>
    </section>
  )
}

interface ColumnHeadProps {
  readonly column: Column
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
}

/** The natural order of these columns runs from great to small, or from bad to good. */
const FALLING: readonly Column[] = ['state', 'metric']

function ColumnHead(props: ColumnHeadProps) {
  const direction = () => {
    if (props.sort.column !== props.column) return 'none'
    return props.sort.reversed === FALLING.includes(props.column) ? 'ascending' : 'descending'
  }
  return (
    <th scope="col" class={`cell-${props.column}`} aria-sort={direction()}>
      <button
        type="button"
        class="sort-button"
        onClick={() => props.onSort(clicked(props.sort, props.column))}
      >
        {props.column}
        <svg class="sort-mark" viewBox="0 0 8 8" aria-hidden="true">
          <path d={direction() === 'ascending' ? 'M4 1.500 7.200 6.500H.8Z' : 'M4 6.500.8 1.500h6.400Z'} />
        </svg>
      </button>
    </th>
  )
}
