import { diskFull } from '../../config/rules/disk.ts'
import { hostDown } from '../../config/rules/host.ts'
import { indexAll } from '../../config/rules/index.ts'
import { round, table } from './rig/figures.ts'
import { eventsOf, foldOf, passAll, pauseOf, SECOND, START } from './rig/fold.ts'

// A million ttls that run out at the same moment: how long that takes in all, and the longest that it holds up everything
// else. In memory; as in the hub, so many timers fire before other work gets a turn.

const ENTRIES = 1_000_000
const TIMERS_A_TURN = 2_000

const rows = []
for (const [what, rules] of Object.entries({
  'index alone': [indexAll],
  'index and the shipped rules': [indexAll, diskFull, hostDown],
})) {
  const fold = foldOf(rules)
  passAll(fold, eventsOf(ENTRIES, 60))
  const pauses: number[] = []
  let done = false
  while (!done) {
    pauses.push(
      pauseOf(() => {
        done = fold.advance(START + 61 * SECOND, TIMERS_A_TURN)
        fold.decisions()
      }),
    )
  }
  if (fold.index.size > 0) throw new Error(`${fold.index.size} are still there`)
  pauses.sort((a, b) => a - b)
  rows.push({
    what,
    'seconds in all': round(pauses.reduce((sum, pause) => sum + pause, 0) / 1e3),
    'worst pause, ms': round(pauses.at(-1) ?? 0, 1),
    '99 % of pauses, ms': round(pauses[Math.floor(pauses.length * 0.99)] ?? 0, 1),
  })
}
table(`${ENTRIES} ttls run out at once`, rows)
