import {
  above,
  alert,
  by,
  type Event,
  folds,
  isExpired,
  map,
  project,
  rule,
  scale,
  severity,
  smap,
} from 'weir-hub'
import { ops } from '../destinations.ts'

const runbook = 'docs/runbooks/app.md'

/**
 * A deployment runs on this host, from `running` to any other state, at the longest for its ttl. Nobody is told of it;
 * `dependsOn: deploying` keeps quiet meanwhile what it disturbs.
 */
export const deploying = rule('deploying', {
  match: { service: 'deploy' },
  stream: by(
    'host',
    map((event) => ({ ...event, state: event.state === 'running' ? 'running' : 'ok' })),
    alert({ summary: (event) => `${event.host}: ${event.description ?? 'a deployment runs'}`, notify: [] }),
  ),
})

/**
 * Too many of an application's requests fail, for two minutes: those answered with 500 and above, as a part of all that
 * weir-client counts.
 */
export const requestsFail = rule('requests fail', {
  match: { service: ['http/errors', 'http/rate'] },
  stream: by(
    'host',
    project({ service: 'http/errors' }, { service: 'http/rate' }),
    smap(([errors, all]) => part(errors, all)),
    scale(100),
    severity({ critical: above(5), warning: above(1) }, { for: '2m', clearFor: '5m' }),
    alert({
      summary: (event) => `${event.host}: ${event.metric?.toFixed(1)} % of the requests fail`,
      unit: '%',
      runbook,
      notify: [ops],
      dependsOn: deploying,
    }),
  ),
})

/** One of a hundred requests takes too long, for five minutes. */
export const requestsSlow = rule('requests slow', {
  match: { service: 'http/latency/p99' },
  stream: by(
    'host',
    severity({ critical: above(5), warning: above(1) }, { for: '5m', clearFor: '5m' }),
    alert({
      summary: (event) =>
        `${event.host}: one request of a hundred takes ${event.metric?.toFixed(2)} s or more`,
      unit: 's',
      runbook,
      notify: [ops],
      dependsOn: deploying,
    }),
  ),
})

/** The errors of a report, which come after the number of all: until then there is nothing to be said. */
function part(errors: Event | undefined, all: Event | undefined): Event | undefined {
  if (errors === undefined || isExpired(errors)) return errors
  return all === undefined || all.time > errors.time ? undefined : folds.quotient([errors, all])
}
