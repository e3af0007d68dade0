import './hint.css'
import { For } from 'solid-js'
import type { HubView } from 'weir-hub/live'
import { commands } from '../commands.ts'
import { Copyable } from './copyable.tsx'

export interface HintProps {
  readonly listen: HubView['listen']
  /** Where the page comes from. */
  readonly page: { readonly hostname: string; readonly origin: string }
}

/** What to do when nothing has arrived yet. */
export function Hint(props: HintProps) {
  return (
    <section class="hint" aria-labelledby="hint-title">
      <h2 id="hint-title">Nothing has arrived yet</h2>
      <p>The hub is running and listens. Send it something; it shows here at once.</p>
      <For each={commands(props.listen, props.page)}>
        {({ title, text }) => <Copyable title={title} text={text} />}
      </For>
    </section>
  )
}
