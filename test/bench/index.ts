import { decodeMsg, type Event } from 'weir-protocol'
import { rule } from '../../server/src/rules/rule.ts'
import { index } from '../../server/src/streams/index-events.ts'
import { median, millions, round, table, wanted } from './rig/figures.ts'
import { foldOf, heap, passAll, rateOf } from './rig/fold.ts'
import { messages } from './rig/load.ts'

// What the index takes: bytes of heap for each indexed event, the event itself among them, as it was decoded; the longest
// that a message of 100 took while they were put in; and how many a second are renewed. In memory. Run it with
// --expose-gc. Parts: numbers of entries.

const NOW = 1_790_000_000_000_000
const ROUNDS = 5

const rows = []
for (const entries of [4_000, 100_000, 1_000_000]) {
  if (wanted.length > 0 && !wanted.includes(`${entries}`)) continue
  const fold = foldOf([rule('index', { stream: index() })])
  const frames = messages({ batch: 100, keys: entries })
  const decode = (): Event[] => frames.flatMap((frame) => decodeMsg(frame, NOW).events)
  // Names that are remembered anyway are not charged to the index.
  decode()
  const bare = heap()
  const pauses = passAll(fold, decode()).sort((a, b) => a - b)
  const bytes = (heap() - bare) / entries
  const events = decode()
  const rates = Array.from({ length: ROUNDS + 1 }, () => rateOf(fold, events, 1_000_000)).slice(1)
  if (fold.index.size !== entries) throw new Error(`${fold.index.size} entries`)
  rows.push({
    entries,
    'bytes an event': round(bytes, 0),
    'renewed, events/s': millions(median(rates)),
    'worst pause, ms': round(pauses.at(-1) ?? 0, 1),
    '99.9 % of pauses, ms': round(pauses[Math.floor(pauses.length * 0.999)] ?? 0, 2),
  })
}
table('index', rows)
