import { createEffect, createMemo, createSignal, on, Show } from 'solid-js'
import { filterIn, withFilter } from './address.ts'
import { alertsWorstFirst } from './alert-order.ts'
import type { Clock } from './clock.ts'
import { fieldOf, matches, parseFilter, withField } from './filter.ts'
import { tally } from './hosts.ts'
import type { Live } from './live.ts'
import type { Operator } from './operate.ts'
import { ordered, type Sort, WORST_FIRST } from './order.ts'
import type { Theme } from './theme.ts'
import { Alerts } from './view/alerts.tsx'
import { Away } from './view/away.tsx'
import { Degraded } from './view/degraded.tsx'
import { FilterBox } from './view/filter-box.tsx'
import { Header } from './view/header.tsx'
import { Hint } from './view/hint.tsx'
import { Hosts } from './view/hosts.tsx'
import { Silences } from './view/silences.tsx'
import { StateCounts } from './view/state-counts.tsx'
import { Table } from './view/table.tsx'
import type { Who } from './who.ts'

export interface AppProps {
  readonly live: Live
  readonly theme: { theme(): Theme; toggle(): void }
  readonly clock: Clock
  readonly operator: Operator
  readonly who: Who
}

/** The whole page: what is wrong first, then where, then everything. */
export function App(props: AppProps) {
  const { live } = props
  const [filter, setFilter] = createSignal(filterIn(location.href))
  const [sort, setSort] = createSignal<Sort>(WORST_FIRST)

  const terms = createMemo(() => parseFilter(filter()))
  const alerts = createMemo(() => alertsWorstFirst(live.alerts()))
  // `on` reads the rows without listening to each of them: `settled` says when to look again.
  const counted = createMemo(
    on([live.settled, live.alerts], () => {
      const rows = live.rows.cells().map((cell) => cell.row())
      return tally(rows, live.alerts())
    }),
  )
  const all = createMemo(on(live.settled, () => live.rows.cells()))
  const found = createMemo(
    on([live.settled, terms, sort], () => {
      const wanted = terms()
      const cells = live.rows.cells()
      return ordered(
        wanted.length === 0 ? cells : cells.filter((cell) => matches(wanted, cell.text())),
        sort(),
      )
    }),
  )

  const question = createMemo(() => ({ terms: terms(), sort: sort() }))

  const away = () => {
    const link = live.link()
    return link.kind === 'disconnected' ? link : undefined
  }
  const nothingYet = () => live.hub() !== undefined && all().length === 0 && alerts().length === 0

  /** The hub sends only the worst of very many. */
  const open = () => Math.max(alerts().length, live.hub()?.open ?? 0)

  createEffect(() => {
    document.title = `${open() > 0 ? `(${open()}) ` : ''}Weir${away() ? ' · disconnected' : ''}`
  })
  createEffect(
    on(filter, (text) => history.replaceState(null, '', withFilter(location.href, text)), { defer: true }),
  )

  return (
    <>
      <Header live={live} theme={props.theme} />
      <Show when={away() === undefined && live.hub()?.degraded}>
        {(degraded) => <Degraded since={degraded().since} reason={degraded().reason} />}
      </Show>
      <Show when={away()}>{(link) => <Away since={link().since} onRetry={live.retry} />}</Show>
      <main class="page" classList={{ 'page-away': away() !== undefined }}>
        <Show when={live.hub()}>
          {(hub) => (
            <Show when={!nothingYet()} fallback={<Hint listen={hub().listen} page={location} />}>
              <Alerts
                alerts={alerts()}
                total={open()}
                now={live.now()}
                onFind={({ host, service }) => {
                  setFilter(withField(withField('', 'host', host ?? ''), 'service', service ?? undefined))
                  showTable()
                }}
                operator={props.operator}
                who={props.who}
              />
              <Silences count={hub().silences} now={live.now()} operator={props.operator} />
              <Hosts
                hosts={counted().hosts}
                chosen={fieldOf(terms(), 'host')}
                onChoose={(host) => {
                  setFilter(withField(filter(), 'host', host))
                  if (host !== undefined) showTable()
                }}
              />
              <Table
                cells={found()}
                total={all().length}
                indexed={hub().indexed}
                full={live.rows.full()}
                now={live.now()}
                sort={sort()}
                onSort={setSort}
                question={question()}
                clock={props.clock}
                onClear={() => setFilter('')}
                tools={
                  <>
                    <FilterBox
                      filter={filter()}
                      onFilter={setFilter}
                      found={found().length}
                      total={all().length}
                    />
                    <StateCounts
                      counts={counted().rows}
                      chosen={fieldOf(terms(), 'state')}
                      onChoose={(kind) => setFilter(withField(filter(), 'state', kind))}
                    />
                  </>
                }
              />
            </Show>
          )}
        </Show>
      </main>
    </>
  )
}

/** Brings the table into sight where its beginning is not, or hardly. */
function showTable(): void {
  const table = document.getElementById('index')
  if (table && table.getBoundingClientRect().top > innerHeight * 0.7) table.scrollIntoView()
}
