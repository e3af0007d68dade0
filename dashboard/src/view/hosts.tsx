import './hosts.css'
import { createComputed, createSignal, For, Show } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { count, orDash, plural } from '../format.ts'
import type { HostTally } from '../hosts.ts'
import { KINDS } from '../states.ts'
import { Glyph } from './glyph.tsx'
import { More } from './more.tsx'

const FEW = 24
const MOST = 1000

export interface HostsProps {
  /** Worst first. */
  readonly hosts: readonly HostTally[]
  /** The host that the table is filtered by, in lower case. */
  readonly chosen: string | undefined
  /** Undefined when the chosen one is let go. */
  readonly onChoose: (host: string | undefined) => void
}

/** A tile for each host with the number of its services in each state. */
export function Hosts(props: HostsProps) {
  const [store, setStore] = createStore<{ hosts: HostTally[] }>({ hosts: [] })
  const [expanded, setExpanded] = createSignal(false)
  createComputed(() => setStore('hosts', reconcile([...props.hosts], { key: 'host' })))

  const isChosen = (host: string) => props.chosen === host.toLowerCase()
  return (
    <section class="hosts" aria-labelledby="hosts-title">
      <h2 id="hosts-title" class="title">
        {plural(store.hosts.length, 'host')}
      </h2>
      <ul class="tiles">
        <For each={store.hosts.slice(0, expanded() ? MOST : FEW)}>
          {(tile) => (
            <li>
              <button
                type="button"
                class="tile"
                data-host={tile.host}
                data-kind={tile.worst}
                aria-pressed={isChosen(tile.host)}
                title={tile.host || 'events without a host'}
                onClick={() => props.onChoose(isChosen(tile.host) ? undefined : tile.host)}
              >
                <span class="tile-name">{orDash(tile.host)}</span>
                <span class="tile-counts">
                  <For each={KINDS}>
                    {(kind) => (
                      <Show when={tile.counts[kind] > 0}>
                        <span class="tile-count" data-kind={kind}>
                          <Glyph kind={kind} />
                          {count(tile.counts[kind])}
                          <span class="for-ears">{kind}</span>
                        </span>
                      </Show>
                    )}
                  </For>
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <More
        total={store.hosts.length}
        few={FEW}
        most={MOST}
        noun="host"
        expanded={expanded()}
        onToggle={() => setExpanded(!expanded())}
      />
    </section>
  )
}
