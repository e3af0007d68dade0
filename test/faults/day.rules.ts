// The rules of the scripted day: the shipped ones with their own times, and some that use what those do not.
import {
  above,
  alert,
  by,
  changedState,
  type Destination,
  type Event,
  makeEvent,
  map,
  publish,
  type Rule,
  rollup,
  rule,
  severity,
  stable,
  throttle,
} from 'weir-hub'
import { ops } from '../../config/destinations.ts'
import { diskFull } from '../../config/rules/disk.ts'
import { hostDown } from '../../config/rules/host.ts'
import { indexAll } from '../../config/rules/index.ts'

/** Posts each notification as it is to PAGER_URL. */
export const pager: Destination = {
  kind: 'pager',
  name: 'pager',
  describe: 'the pager of the test',
  async deliver(notification, { fetch, signal }) {
    try {
      const body = JSON.stringify(notification)
      const { ok, status } = await fetch(process.env.PAGER_URL ?? '', { method: 'POST', body, signal })
      return ok ? { kind: 'sent' } : { kind: 'retry', reason: `HTTP ${status}` }
    } catch (error) {
      return { kind: 'retry', reason: String(error) }
    }
  },
}

const flapping = rule('api state', {
  match: { service: 'api/state' },
  stream: by(
    ['host', 'service'],
    stable('150s'),
    alert({ summary: (e) => `${e.host}: the API is ${e.state}`, notify: [pager] }),
  ),
})

const slow = rule('slow api', {
  match: { service: 'api/latency' },
  stream: by(
    (event) => event.attributes.rack,
    by(
      'host',
      severity({ critical: above(900), warning: above(500) }, { for: '2m', clearFor: '3m' }),
      alert({
        summary: (e) => `${e.host} in rack ${e.attributes.rack}: ${e.metric} ms`,
        notify: [ops, pager],
        group: { wait: '20s', max: '50s' },
        dependsOn: hostDown,
      }),
    ),
  ),
})

const sampled = rule('errors, sampled', {
  match: { service: 'app/errors', state: 'error' },
  stream: by(
    'host',
    throttle(3, '10m'),
    publish((event) => ({ ...event, service: 'app/errors sampled', tags: ['sampled'] })),
  ),
})

const bursts = rule('error bursts', {
  match: { service: 'app/errors sampled' },
  stream: by(
    'host',
    rollup(2, '20m'),
    map((events: readonly Event[]) => {
      const last = events.at(-1)
      return makeEvent({
        host: last?.host,
        service: 'errors',
        state: events.length > 1 ? 'critical' : 'ok',
        metric: events.length,
        time: last?.time ?? 0,
      })
    }),
    alert({ summary: (e) => `${e.host}: ${e.metric} errors`, notify: [ops, pager] }),
  ),
})

const changes = rule('state changes', {
  match: { service: 'api/state' },
  stream: (events) =>
    events.pipe(
      changedState({ init: 'ok' }),
      publish((event) => ({ ...event, service: 'api/state changed', tags: ['changed'], ttl: 600 })),
    ),
})

const restless = rule('restless racks', {
  match: { service: 'api/state changed' },
  stream: by(
    (event) => event.attributes.rack,
    rollup(1, '30m'),
    map((events: readonly Event[]) => {
      const state = events.length > 4 ? 'critical' : events.length > 2 ? 'warning' : 'ok'
      return { ...makeEvent({ time: 0 }), ...events.at(-1), state, metric: events.length }
    }),
    alert({ summary: (e) => `rack ${e.attributes.rack}: ${e.metric} changes`, notify: [pager] }),
  ),
})

/** Nobody silences it or takes its alerts on: what the maintenance window holds back is escalated when that is over. */
const backups = rule('backup late', {
  match: { service: 'backup/age' },
  stream: by(
    'host',
    severity({ warning: above(24) }),
    alert({
      summary: (e) => `${e.host}: the last backup is ${e.metric} h old`,
      notify: [ops],
      escalate: { after: '15m', to: [pager] },
      maintenance: [{ from: '13:00', to: '15:00', timeZone: 'Europe/Berlin' }],
    }),
  ),
})

/** All but the rule for queues, which is edited in the course of the day. */
export const rules: readonly Rule[] = [
  indexAll,
  diskFull,
  hostDown,
  flapping,
  slow,
  sampled,
  bursts,
  changes,
  restless,
  backups,
]
