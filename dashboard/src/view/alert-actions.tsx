import './alert-actions.css'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import type { AlertView } from 'weir-hub/live'
import type { Operator, SilenceMatch } from '../operate.ts'
import { scopesOf } from '../scopes.ts'
import type { Who } from '../who.ts'
import { ReasonForm } from './reason-form.tsx'

export interface AlertActionsProps {
  readonly alert: AlertView
  readonly operator: Operator
  readonly who: Who
}

/** What can be done about an alert: taking it on, giving it back, telling nobody of it for a while. */
export function AlertActions(props: AlertActionsProps) {
  const [open, setOpen] = createSignal<'acknowledge' | 'silence'>()
  const [scope, setScope] = createSignal(0)
  const [problem, setProblem] = createSignal<string>()
  const scopes = () => scopesOf(props.alert)
  const match = (): SilenceMatch => scopes()[scope()]?.match ?? {}
  const close = () => setOpen(undefined)
  const toggle = (what: 'acknowledge' | 'silence') => setOpen(open() === what ? undefined : what)

  const giveBack = async (): Promise<void> => {
    setProblem(undefined)
    try {
      await props.operator.giveBack(props.alert.id)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <div class="actions">
      <div class="actions-buttons">
        <Show
          when={props.alert.acknowledged === null}
          fallback={
            <button type="button" class="action" onClick={giveBack}>
              Give back
            </button>
          }
        >
          <button
            type="button"
            class="action"
            aria-expanded={open() === 'acknowledge'}
            onClick={() => toggle('acknowledge')}
          >
            Acknowledge
          </button>
        </Show>
        <button
          type="button"
          class="action"
          aria-expanded={open() === 'silence'}
          onClick={() => toggle('silence')}
        >
          Silence
        </button>
        <Show when={problem()}>
          <span class="actions-problem" role="alert">
            {problem()}
          </span>
        </Show>
      </div>
      <Switch>
        <Match when={open() === 'acknowledge'}>
          <ReasonForm
            does="Acknowledge"
            means="You take it on: it is not repeated and not escalated any more."
            endless="until it is over"
            who={props.who}
            onDo={(reason) => props.operator.acknowledge(props.alert.id, reason)}
            onClose={close}
          />
        </Match>
        <Match when={open() === 'silence'}>
          <ReasonForm
            does="Silence"
            means="Nobody is told; alerts fire and are shown all the same. What still fires when the silence ends is told then."
            endless="until it is resolved"
            who={props.who}
            onDo={(reason) => props.operator.silence(match(), reason)}
            onClose={close}
          >
            <div class="reason-field actions-scope">
              <label for={`scope-${props.alert.id}`}>What</label>
              <select
                id={`scope-${props.alert.id}`}
                name="scope"
                onChange={(event) => setScope(event.currentTarget.selectedIndex)}
              >
                <For each={scopes()}>
                  {({ text }, n) => <option selected={n() === scope()}>{text}</option>}
                </For>
              </select>
            </div>
          </ReasonForm>
        </Match>
      </Switch>
    </div>
  )
}
