import './details.css'
import { For, type JSX, Show } from 'solid-js'
import type { Row } from 'weir-hub/live'
import { duration, exactly, lag, orDash, timestamp } from '../format.ts'
import { State } from './state.tsx'

/** All that is known of a row. */
export function Details(props: { readonly row: Row; readonly now: number }) {
  const attributes = () => Object.entries(props.row.attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <div class="details">
      <dl class="facts">
        <Fact name="host">{orDash(props.row.host)}</Fact>
        <Fact name="service">{orDash(props.row.service)}</Fact>
        <Fact name="state">
          <State state={props.row.state} />
          <Show when={props.row.shown !== props.row.state}>
            <span class="fact-note">
              shown as <State state={props.row.shown} /> for an open alert
            </span>
          </Show>
        </Fact>
        <Fact name="metric">{exactly(props.row.metric)}</Fact>
        <Show when={props.row.description}>
          {(description) => (
            <Fact name="description">
              <span class="fact-text">{description()}</span>
            </Fact>
          )}
        </Show>
        <Fact name="tags">{orDash(props.row.tags.join(', '))}</Fact>
        <Fact name="time">
          {timestamp(props.row.time)} <span class="fact-note">{lag(props.row.time, props.row.arrival)}</span>
        </Fact>
        <Fact name="arrival">
          {timestamp(props.row.arrival)}{' '}
          <span class="fact-note">{duration(Math.max(0, props.now - props.row.arrival))} ago</span>
        </Fact>
        <Fact name="ttl">{ttlText(props.row, props.now)}</Fact>
      </dl>
      <Show when={attributes().length > 0}>
        <dl class="facts">
          <For each={attributes()}>{([name, value]) => <Fact name={name}>{orDash(value)}</Fact>}</For>
        </dl>
      </Show>
    </div>
  )
}

function Fact(props: { readonly name: string; readonly children: JSX.Element }) {
  return (
    <div class="fact">
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

function ttlText({ ttl, arrival, state }: Row, now: number): string {
  if (ttl === null) return orDash(null)
  const left = arrival + ttl * 1000 - now
  const whole = duration(ttl * 1000)
  return left > 0 && state !== 'expired' ? `${whole}, runs out in ${duration(left)}` : whole
}
