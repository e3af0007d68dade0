import './silences.css'
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import { duration, plural } from '../format.ts'
import type { Operator, SilenceView } from '../operate.ts'

export interface SilencesProps {
  /** How many are in force. */
  readonly count: number
  readonly now: number
  readonly operator: Operator
}

/** The silences that are in force, behind one line; each can be ended. */
export function Silences(props: SilencesProps) {
  const [open, setOpen] = createSignal(false)
  const [silences, setSilences] = createSignal<readonly SilenceView[]>([])
  const [problem, setProblem] = createSignal<string>()

  const trying = async (run: () => Promise<void>): Promise<void> => {
    setProblem(undefined)
    try {
      await run()
      setSilences(await props.operator.silences())
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }
  createEffect(
    on([open, () => props.count], () => {
      if (open() && props.count > 0) void trying(async () => {})
    }),
  )

  return (
    <Show when={props.count > 0}>
      <div class="silences">
        <button type="button" class="text-button" aria-expanded={open()} onClick={() => setOpen(!open())}>
          {plural(props.count, 'silence')} in force
        </button>
        <Show when={open()}>
          <ul class="silence-list">
            <For each={silences()}>
              {(silence) => (
                <li class="silence" data-silence={silence.id}>
                  <span class="silence-match">{matchText(silence)}</span>
                  <span class="silence-why">
                    {silence.who}: {silence.why}
                  </span>
                  <span class="silence-facts">
                    {silence.until === null
                      ? 'until it is resolved'
                      : `for ${duration(Math.max(0, silence.until - props.now))} yet`}
                    , holds {plural(silence.holds, 'alert')} back
                  </span>
                  <button
                    type="button"
                    class="action"
                    onClick={() => void trying(() => props.operator.endSilence(silence.id))}
                  >
                    End
                  </button>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <Show when={problem()}>
          <p class="reason-problem" role="alert">
            {problem()}
          </p>
        </Show>
      </div>
    </Show>
  )
}

function matchText({ match }: SilenceView): string {
  return Object.entries(match)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ')
}
