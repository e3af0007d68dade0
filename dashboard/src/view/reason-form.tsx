import './reason-form.css'
import { createSignal, createUniqueId, For, type JSX, onMount, Show } from 'solid-js'
import type { Reason } from '../operate.ts'
import type { Who } from '../who.ts'

export interface ReasonFormProps {
  /** What the button says: `Acknowledge`. */
  readonly does: string
  /** What it means, in a sentence. */
  readonly means: string
  /** What it lasts where no time is chosen: `until it is over`. */
  readonly endless: string
  readonly who: Who
  /** What else there is to choose. */
  readonly children?: JSX.Element
  /** Does it; rejects with what stands against it. */
  readonly onDo: (reason: Reason) => Promise<void>
  readonly onClose: () => void
}

const TIMES = ['30m', '2h', '8h', '1d', '7d']

/** Asks who, why and for how long, then does it. Escape closes it. */
export function ReasonForm(props: ReasonFormProps) {
  const id = createUniqueId()
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  let who: HTMLInputElement | undefined
  let why: HTMLInputElement | undefined
  let time: HTMLSelectElement | undefined

  onMount(() => (props.who.name() === '' ? who : why)?.focus())

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (busy()) return
    const name = who?.value.trim() ?? ''
    props.who.remember(name)
    setBusy(true)
    setProblem(undefined)
    try {
      await props.onDo({ who: name, why: why?.value.trim() ?? '', for: time?.value || undefined })
      props.onClose()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      class="reason"
      aria-label={props.does}
      onSubmit={submit}
      // At the form itself: one that is delegated to the document would come too late to keep the filter from it.
      on:keydown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        props.onClose()
      }}
    >
      <p class="reason-means">{props.means}</p>
      <div class="reason-fields">
        {props.children}
        <div class="reason-field reason-who">
          <label for={`${id}-who`}>Your name</label>
          <input
            ref={(element) => {
              who = element
            }}
            id={`${id}-who`}
            name="who"
            required
            maxlength={100}
            autocomplete="username"
            value={props.who.name()}
          />
        </div>
        <div class="reason-field reason-why">
          <label for={`${id}-why`}>Why</label>
          <input
            ref={(element) => {
              why = element
            }}
            id={`${id}-why`}
            name="why"
            required
            maxlength={1000}
            autocomplete="off"
          />
        </div>
        <div class="reason-field">
          <label for={`${id}-for`}>For</label>
          <select
            ref={(element) => {
              time = element
            }}
            id={`${id}-for`}
            name="for"
          >
            <option value="">{props.endless}</option>
            <For each={TIMES}>{(text) => <option value={text}>{text}</option>}</For>
          </select>
        </div>
        <div class="reason-buttons">
          {/* Not disabled, which would take the focus, and Escape with it. */}
          <button type="submit" class="button" aria-disabled={busy()}>
            {busy() ? 'Sending …' : props.does}
          </button>
          <button type="button" class="text-button" onClick={() => props.onClose()}>
            Cancel
          </button>
        </div>
      </div>
      <Show when={problem()}>
        <p class="reason-problem" role="alert">
          {problem()}
        </p>
      </Show>
    </form>
  )
}
