const HERE = new URL('.', import.meta.url).pathname

/** The hub of the scripted day. */
const CONFIG = `
import { config } from 'weir-hub'
import { rules } from '${HERE}day.rules.ts'
import { queues } from './queues.ts'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: false },
  rules: [...rules, ...queues],
})
`

/** The configuration after so many edits, by the names of its files: thresholds move, and one rule in two comes and goes. */
export function configFiles(edits: number): ReadonlyMap<string, string> {
  const warning = 400 + 50 * (edits % 4)
  const queues = `
import { above, alert, by, rule, severity } from 'weir-hub'
import { ops } from '${HERE}../../config/destinations.ts'
import { pager } from '${HERE}day.rules.ts'

const queue = rule('queue', {
  match: { service: 'queue/depth' },
  stream: by(
    'host',
    severity({ critical: above(1000), warning: above(${warning}) }, { for: '1m', clearFor: '1m' }),
    alert({
      summary: (e) => e.host + ': ' + e.metric + ' in the queue, more than ${warning}',
      notify: [ops],
      repeat: '30m',
      escalate: { after: '15m', to: [pager] },
      maintenance: [{ from: '13:00', to: '15:00', timeZone: 'Europe/Berlin' }],
    }),
  ),
})

const odd = rule('queue, while the edits are odd', {
  match: { service: 'queue/depth' },
  stream: by('host', severity({ critical: above(700) }), alert({ summary: 'odd', notify: [pager] })),
})

export const queues = [queue${edits % 2 === 1 ? ', odd' : ''}]
`
  return new Map([
    ['weir.config.ts', CONFIG],
    ['queues.ts', queues],
  ])
}
