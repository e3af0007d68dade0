import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { rule } from '../../server/src/rules/rule.ts'
import { alert } from '../../server/src/streams/alert.ts'
import { by } from '../../server/src/streams/by.ts'
import { changed } from '../../server/src/streams/changed.ts'
import { severity } from '../../server/src/streams/severity.ts'
import { stable } from '../../server/src/streams/stable.ts'
import { below } from '../../server/src/streams/threshold.ts'
import { median, millions, round, table, wanted } from './rig/figures.ts'
import { eventsOf, foldOf, heap, passAll, rateOf, SECOND, START } from './rig/fold.ts'

// What the groups of a `by` take: events a second through them, bytes of each, and the longest that a message of 100 events
// took while they were made. `made`: each has had one event, which `stable` holds; `settled`: what it held has gone on.
// In memory. Run it with --expose-gc. Parts: numbers of groups.

const RULES: Readonly<
  Record<string, { readonly stream: OperatorFunction<Event, unknown>; readonly most: number }>
> = {
  'stable, changed': {
    stream: by(
      ['host', 'service'],
      stable('5m'),
      changed((event) => event.state),
    ),
    most: 1_000_000,
  },
  'severity, alert': {
    stream: by(
      ['host', 'service'],
      severity({ critical: below(5), warning: below(10) }, { for: '5m', clearFor: '5m' }),
      alert({ summary: 'full', notify: [] }),
    ),
    most: 1_000_000,
  },
  'stable, changed; a pipeline for each': {
    stream: by(
      { keys: ['host', 'service'], separate: true },
      stable('5m'),
      changed((event) => event.state),
    ),
    most: 100_000,
  },
}
const ROUNDS = 5

for (const [name, { stream, most }] of Object.entries(RULES)) {
  const rows = []
  for (const groups of [4_000, 100_000, 1_000_000]) {
    if (groups > most || (wanted.length > 0 && !wanted.includes(`${groups}`))) continue
    const fold = foldOf([rule('r', { stream })])
    const events = eventsOf(groups)
    const bare = heap()
    const pauses = passAll(fold, events).sort((a, b) => a - b)
    const made = (heap() - bare) / groups
    // After five minutes all of them are stable.
    passAll(fold, events, 301)
    const settled = (heap() - bare) / groups
    fold.advance(START + 302 * SECOND)
    const rates = Array.from({ length: ROUNDS + 1 }, () => rateOf(fold, events, 1_000_000)).slice(1)
    if (fold.engine.counters.groups !== groups) throw new Error(`${fold.engine.counters.groups} groups`)
    rows.push({
      groups,
      'events/s': millions(median(rates)),
      'bytes a group, made': round(made, 0),
      'bytes a group, settled': round(settled, 0),
      'worst pause, ms': round(pauses.at(-1) ?? 0, 1),
      '99.9 % of pauses, ms': round(pauses[Math.floor(pauses.length * 0.999)] ?? 0, 2),
    })
  }
  table(`groups: ${name}`, rows)
}
