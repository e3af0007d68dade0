import './header.css'
import { Show } from 'solid-js'
import { clockNote } from '../clock-note.ts'
import { count, duration, rate } from '../format.ts'
import type { Live } from '../live.ts'
import type { Theme } from '../theme.ts'
import { LinkStatus } from './link-status.tsx'
import { ThemeButton } from './theme-button.tsx'

/** The name, whether the page hears the hub, and the hub's own figures. */
export function Header(props: { readonly live: Live; readonly theme: { theme(): Theme; toggle(): void } }) {
  return (
    <header class="top">
      <h1 class="top-name">
        <svg class="top-mark" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 6.500h6c3.500 0 3.500 2.500 3.500 5.500s0 5.500 3.500 5.500h5" />
          <path class="top-mark-below" d="M3 12.500h2c2.500 0 2.500 1.500 2.500 5" />
        </svg>
        Weir
      </h1>
      <LinkStatus link={props.live.link()} />
      <Show when={props.live.hub()}>
        {(hub) => (
          <dl class="figures">
            <Figure name="events/s" value={rate(hub().eventsPerSecond)} />
            <Figure name="indexed" value={count(hub().indexed)} />
            <Figure name="outbox" value={count(hub().outboxDepth)} loud={hub().outboxDepth > 0} />
            <Show when={clockNote(hub())}>
              {(note) => <Figure name="clock" value={note().text} title={note().meaning} loud />}
            </Show>
            <Figure name="up" value={duration(props.live.now() - hub().started)} />
          </dl>
        )}
      </Show>
      <ThemeButton theme={props.theme.theme()} onToggle={props.theme.toggle} />
    </header>
  )
}

function Figure(props: {
  readonly name: string
  readonly value: string
  readonly loud?: boolean
  readonly title?: string
}) {
  return (
    <div class="figure" classList={{ 'figure-loud': props.loud === true }} title={props.title}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  )
}
