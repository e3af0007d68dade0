import { type Event, makeEvent } from 'weir-protocol'
import type { Match } from '../../server/src/rules/match.ts'
import { rule } from '../../server/src/rules/rule.ts'
import { filter } from '../../server/src/streams/filter.ts'
import { median, millions, round, table } from './rig/figures.ts'
import { foldOf, rateOf, START } from './rig/fold.ts'
import { ratio, takeTurns } from './rig/turns.ts'

// How many events a second go through 1 to 10,000 rules, in memory: each event concerns one of them and the one that takes
// all. The parts of a kind take turns; ratios are to 10 rules.

const COUNTS = [1, 10, 100, 1_000, 10_000]
const EVENTS = 1_000_000
const ROUNDS = 5
const SERVICES = 10_000

const KINDS: Readonly<Record<string, (n: number) => Match>> = {
  'a service': (n) => ({ service: `service-${n}` }),
  'service-n*': (n) => ({ service: `service-${n}.*` }),
  'a regular expression': (n) => ({ service: new RegExp(`^service-${n}\\.`) }),
  'a host': (n) => ({ host: `host-${n}` }),
  'a tag': (n) => ({ tagged: `tag-${n}` }),
  mixed: (n) =>
    [
      { service: `service-${n}.x` },
      { service: `service-${n}.*`, not: { tagged: 'notification' } },
      { host: `host-${n}`, state: 'ok' },
      { tagged: `tag-${n}` },
    ][n % 4] ?? {},
}

for (const [kind, matchOf] of Object.entries(KINDS)) {
  const runs = COUNTS.map((count) => {
    const nothing = filter<Event>(() => false)
    const rules = Array.from({ length: count - 1 }, (_, n) =>
      rule(`${n}`, { match: matchOf(n), stream: nothing }),
    )
    const fold = foldOf([rule('all', { stream: nothing }), ...rules])
    const events = Array.from({ length: SERVICES }, (_, i) => {
      const n = i % Math.max(1, count - 1)
      const service = kind === 'a service' ? `service-${n}` : `service-${n}.x`
      return makeEvent({ time: START, host: `host-${n}`, service, state: 'ok', tags: ['a', `tag-${n}`] })
    })
    rateOf(fold, events, EVENTS / 4)
    return [`${count}`, () => rateOf(fold, events, EVENTS)] as const
  })
  const rounds = await takeTurns(ROUNDS, Object.fromEntries(runs))
  table(
    `rules that match by ${kind}`,
    Object.entries(rounds).map(([count, rates]) => ({
      rules: Number(count),
      'events/s': millions(median(rates)),
      '× 10 rules': round(ratio(rates, rounds['10'] ?? [], (rate) => rate)),
    })),
  )
}
