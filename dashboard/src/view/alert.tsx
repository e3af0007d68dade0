import { Show } from 'solid-js'
import type { AlertView } from 'weir-hub/live'
import { age, duration, measured, moment, orDash } from '../format.ts'
import type { Operator } from '../operate.ts'
import { runbookOf } from '../runbook.ts'
import { kindOf } from '../states.ts'
import type { Who } from '../who.ts'
import { AlertActions } from './alert-actions.tsx'
import { State } from './state.tsx'

export interface AlertProps {
  readonly alert: AlertView
  readonly now: number
  readonly onFind: (alert: AlertView) => void
  readonly operator: Operator
  readonly who: Who
}

/** One open alert: how bad, what, where, since when, and whether somebody knows. */
export function Alert(props: AlertProps) {
  const lasted = () => Math.max(0, props.now - props.alert.since)
  const where = () => [props.alert.host, props.alert.service].filter(Boolean).join(' · ')
  return (
    <li class="alert" data-alert={props.alert.id} data-kind={kindOf(props.alert.severity)}>
      <div class="alert-severity">
        <State state={props.alert.severity} />
        <Show when={props.alert.status === 'stale'}>
          <State state="stale" />
        </Show>
      </div>
      <div class="alert-what">
        <p class="alert-summary" title={props.alert.summary}>
          {props.alert.summary}
        </p>
        <p class="alert-facts">
          <button
            type="button"
            class="alert-where"
            title="Show in the table"
            onClick={() => props.onFind(props.alert)}
          >
            {where() || props.alert.key.join(' · ') || orDash(null)}
          </button>
          <Show when={props.alert.metric !== null}>
            <span class="alert-value" title="The metric">
              {measured(props.alert.metric, props.alert.unit)}
            </span>
          </Show>
          <span class="tag" title="The rule">
            {props.alert.rule}
          </span>
          <Show when={props.alert.runbook}>{(runbook) => <RunbookLink runbook={runbook()} />}</Show>
        </p>
      </div>
      <div class="alert-when">
        <p title={`for ${duration(lasted())}`}>
          since <time>{moment(props.alert.since, props.now)}</time>, {age(lasted())}
        </p>
        <p class="alert-told" data-told={props.alert.told}>
          {toldText(props.alert)}
        </p>
        <Show when={props.alert.acknowledged}>
          {(who) => (
            <p class="alert-told" data-acknowledged>
              acknowledged by {who()}
            </p>
          )}
        </Show>
      </div>
      <AlertActions alert={props.alert} operator={props.operator} who={props.who} />
    </li>
  )
}

function RunbookLink(props: { readonly runbook: string }) {
  const runbook = () => runbookOf(props.runbook)
  return (
    <Show when={runbook().href} fallback={<span>{runbook().text}</span>}>
      {(href) => (
        <a href={href()} target="_blank" rel="noreferrer">
          {runbook().text}
        </a>
      )}
    </Show>
  )
}

const WITHHELD: Readonly<Record<string, string>> = {
  silence: 'silenced',
  maintenance: 'maintenance',
  dependsOn: 'explained by another alert',
  flapping: 'flapping',
}

function toldText({ told, notify, withheld }: AlertView): string {
  const whom = notify.join(', ')
  if (told === 'nobody')
    return withheld === null ? 'nobody told' : `nobody told: ${WITHHELD[withheld] ?? withheld}`
  if (told === 'told') return whom ? `told ${whom}` : 'told'
  return told === 'waiting' ? `telling ${whom} …` : `could not tell ${whom}`
}
