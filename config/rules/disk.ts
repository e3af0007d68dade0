import { alert, below, by, rule, severity } from 'weir-hub'
import { ops } from '../destinations.ts'

/**
 * A filesystem is nearly full: less than 10 % free is a warning, less than 5 % critical, when it has been so for five
 * minutes. Judged by what is free, since collectd's `used` counts reserved blocks in the total.
 */
export const diskFull = rule('disk full', {
  match: { service: 'df-*/percent_bytes-free', not: { tagged: 'notification' } },
  stream: by(
    ['host', 'service'],
    severity({ critical: below(5), warning: below(10) }, { for: '5m', clearFor: '5m' }),
    alert({
      summary: (event) =>
        `${event.host}: ${filesystem(event.service)} has ${event.metric?.toFixed(1)} % left`,
      unit: '%',
      runbook: 'docs/runbooks/disk-full.md',
      notify: [ops],
    }),
  ),
})

/** collectd writes `df-var-log` for /var/log. */
function filesystem(service = ''): string {
  const name = service.slice('df-'.length, service.indexOf('/'))
  return name === 'root' ? '/' : `/${name.replaceAll('-', '/')}`
}
