import { alert, by, isExpired, map, rule } from 'weir-hub'
import { ops } from '../destinations.ts'

/**
 * A host has fallen silent: its uptime (or the heartbeat of an application on it) ran out of its ttl. It is over when
 * it is heard again.
 */
export const hostDown = rule('host down', {
  match: { service: ['uptime/uptime', 'heartbeat'] },
  stream: by(
    ['host', 'service'],
    map((event) => ({ ...event, state: isExpired(event) ? 'critical' : 'ok' })),
    alert({
      summary: (event) =>
        event.state === 'critical'
          ? `${event.host}: nothing heard (${event.service})`
          : `${event.host}: heard again (${event.service})`,
      runbook: 'docs/runbooks/host-down.md',
      notify: [ops],
    }),
  ),
})
