import { above, alert, by, ping, type Rule, rule, severity } from 'weir-hub'
import { lifeline, ops } from '../destinations.ts'

/** Somebody outside hears every minute that this hub takes events in and its rules run. */
export const proofOfLife = rule('proof of life', { match: { service: 'weir/probe' }, stream: ping(lifeline) })

const runbook = 'docs/runbooks/hub.md'

/** The hub's own figures; each is in docs/configuration.md. */
export const hubHealth: readonly Rule[] = [
  rule('hub records nothing', {
    match: { service: 'weir/journal' },
    stream: by(
      'host',
      alert({ summary: (event) => `${event.host}: ${event.description}`, runbook, notify: [ops] }),
    ),
  }),
  rule('hub is slow', {
    match: { service: 'weir/event-loop-delay' },
    stream: by(
      'host',
      severity({ warning: above(0.5), critical: above(5) }, { for: '1m', clearFor: '2m' }),
      alert({
        summary: (event) => `${event.host}: the event loop is ${event.metric?.toFixed(1)} s late`,
        runbook,
        notify: [ops],
      }),
    ),
  }),
  rule('hub drops events', {
    match: { service: 'weir/drops' },
    stream: by(
      'host',
      severity({ warning: above(0) }, { clearFor: '10m' }),
      alert({ summary: (event) => `${event.host}: events or messages were dropped`, runbook, notify: [ops] }),
    ),
  }),
  rule('messages wait', {
    match: { service: 'weir/outbox-depth' },
    stream: by(
      'host',
      severity({ warning: above(50) }, { for: '15m', clearFor: '2m' }),
      alert({
        summary: (event) => `${event.host}: ${event.metric} messages wait to be sent`,
        runbook,
        notify: [ops],
      }),
    ),
  }),
  rule('messages were given up', {
    match: { service: 'weir/dead-letters' },
    stream: by(
      'host',
      severity({ warning: above(0) }, { clearFor: '10m' }),
      alert({
        summary: (event) => `${event.host}: messages could not be delivered and were given up`,
        runbook,
        notify: [ops],
      }),
    ),
  }),
]
