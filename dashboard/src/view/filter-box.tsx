import './filter-box.css'
import { onCleanup, onMount, Show } from 'solid-js'
import { count, plural } from '../format.ts'

export interface FilterBoxProps {
  readonly filter: string
  readonly onFilter: (filter: string) => void
  readonly found: number
  readonly total: number
}

/** The words that rows must match. `/` leads here from anywhere, Escape clears it. */
export function FilterBox(props: FilterBoxProps) {
  let box: HTMLInputElement | undefined

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const typing = event.target instanceof HTMLInputElement
    if (event.key === '/' && !typing) {
      event.preventDefault()
      box?.focus()
      box?.select()
    }
    if (event.key === 'Escape') {
      props.onFilter('')
      if (props.filter === '') box?.blur()
    }
  }
  onMount(() => {
    document.addEventListener('keydown', onKey)
    onCleanup(() => document.removeEventListener('keydown', onKey))
  })

  return (
    <search class="filter">
      <svg class="filter-lens" viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="8.500" cy="8.500" r="5" />
        <path d="m12.300 12.300 4.200 4.200" />
      </svg>
      <input
        ref={(element) => {
          box = element
        }}
        type="text"
        class="filter-box"
        data-filter
        aria-label="Filter the rows"
        placeholder="Filter: words, host:web, state:critical, tag:db"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={props.filter}
        onInput={(event) => props.onFilter(event.currentTarget.value)}
      />
      <Show when={props.filter !== ''} fallback={<kbd class="filter-key">/</kbd>}>
        <button
          type="button"
          class="filter-clear"
          aria-label="Clear the filter"
          onClick={() => props.onFilter('')}
        >
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <path d="m2.500 2.500 7 7m0-7-7 7" />
          </svg>
        </button>
      </Show>
      <span class="filter-found number" role="status">
        {props.filter.trim() === ''
          ? plural(props.total, 'row')
          : `${count(props.found)} of ${count(props.total)}`}
      </span>
    </search>
  )
}
