import './alerts.css'
import { createComputed, createSignal, For, Show } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { AlertView } from 'weir-hub/live'
import { plural } from '../format.ts'
import type { Operator } from '../operate.ts'
import { kindOf } from '../states.ts'
import type { Who } from '../who.ts'
import { Alert } from './alert.tsx'
import { More } from './more.tsx'

const FEW = 8
const MOST = 500

export interface AlertsProps {
  /** Worst first. */
  readonly alerts: readonly AlertView[]
  /** How many there are; more than `alerts` where these are only the worst. */
  readonly total: number
  readonly now: number
  /** Show this alert's host and service in the table. */
  readonly onFind: (alert: AlertView) => void
  readonly operator: Operator
  readonly who: Who
}

/** The alerts that are open now, or one calm line. */
export function Alerts(props: AlertsProps) {
  const [store, setStore] = createStore<{ alerts: AlertView[] }>({ alerts: [] })
  const [expanded, setExpanded] = createSignal(false)
  createComputed(() => setStore('alerts', reconcile([...props.alerts], { key: 'id' })))

  const shown = () => store.alerts.slice(0, expanded() ? MOST : FEW)
  const critical = () => store.alerts.filter(({ severity }) => kindOf(severity) === 'critical').length
  const summary = () => {
    if (store.alerts.length === 0) return 'Nothing is firing'
    const criticals = critical()
    // Where only the worst are here and all of these are critical, others may be, too.
    const some = props.total > store.alerts.length && criticals === store.alerts.length ? 'at least ' : ''
    return `${plural(props.total, 'open alert')}${criticals > 0 ? `, ${some}${criticals} critical` : ''}`
  }

  return (
    <section class="alerts" aria-labelledby="alerts-title">
      <h2 id="alerts-title" class="title" classList={{ 'alerts-calm': store.alerts.length === 0 }}>
        <Show when={store.alerts.length === 0}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M2 8c2.700 0 2.700 2 5.300 2s2.700-2 5.400-2 2.600 2 5.300 2M2 12.500c2.700 0 2.700 2 5.300 2s2.700-2 5.400-2 2.600 2 5.300 2" />
          </svg>
        </Show>
        <span role="status">{summary()}</span>
      </h2>
      <Show when={store.alerts.length > 0}>
        <ul class="alert-list">
          <For each={shown()}>
            {(alert) => (
              <Alert
                alert={alert}
                now={props.now}
                onFind={props.onFind}
                operator={props.operator}
                who={props.who}
              />
            )}
          </For>
        </ul>
        <More
          total={props.total}
          few={FEW}
          most={MOST}
          noun="alert"
          expanded={expanded()}
          onToggle={() => setExpanded(!expanded())}
        />
      </Show>
    </section>
  )
}
