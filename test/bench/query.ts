import { makeEvent } from 'weir-protocol'
import { Asking } from '../../server/src/asking.ts'
import { LogicalClock } from '../../server/src/clock/logical.ts'
import { nextTurn } from '../../server/src/clock/turn.ts'
import { machineWall } from '../../server/src/clock/wall.ts'
import { Index } from '../../server/src/index/index.ts'
import { Slices } from '../../server/src/query/slices.ts'

// How long queries take over 100,000 and 1,000,000 events, encoded as a client gets them, and how long they hold the
// event loop at a time. In time of the processor: other work on the machine counts for nothing.

const START = 1_790_000_000_000_000
const RUNS = { 100000: 50, 1000000: 15 }

const QUERIES: readonly (readonly [what: string, query: string])[] = [
  ['host and service', 'host = "web-17.dc1" and service = "http req 7"'],
  ['host', 'host = "web-17.dc1"'],
  ['service', 'service = "http req 7" and host =~ "web-1%"'],
  ['prefix of the service', 'service =~ "http req 7%" and host =~ "web-17%"'],
  ['prefix of the host', 'host =~ "web-17%"'],
  ['wildcard in the middle of the host', 'host =~ "web-%7.dc1" and service = "http req 7"'],
  ['wildcard in the middle of a description', 'description =~ "%17 of%" and metric > 98'],
  ['regular expression on the host', 'host ~= "^web-1[0-9]\\\\.dc[13]$"'],
  ['regular expression on a description', 'description ~= "request (17|23) of"'],
  ['a hostile one', 'description ~= "(?:r|e|q)*(?:[a-z ]{1,20}){1,20}9$" limit 10'],
  ['state', 'state = "critical" and metric > 99 limit 1000'],
  ['the ten highest', 'true order by metric desc limit 10'],
  ['counted by state', 'true count by state'],
  ['all that an answer holds', 'metric >= 0 limit 100000'],
]

for (const [size, runs] of Object.entries(RUNS)) {
  const index = filled(Number(size))
  const asking = new Asking({
    index,
    slices: new Slices({ wall: machineWall, turn: nextTurn }),
    now: () => START,
  })
  console.log(`${size} events                                ms median       p99    longest hold`)
  for (const [what, query] of QUERIES) {
    const times: number[] = []
    let hold = 0
    for (let run = 0; run < runs; run++) {
      const watch = watchLoop()
      const began = now()
      const answer = await asking.answer(query)
      times.push(now() - began)
      hold = Math.max(hold, watch())
      if (!answer.ok) throw new Error(`${query}: ${answer.error}`)
    }
    times.sort((a, b) => a - b)
    const at = (part: number) =>
      (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0).toFixed(1)
    console.log(
      `  ${what.padEnd(42)} ${at(0.5).padStart(8)} ${at(0.99).padStart(9)} ${hold.toFixed(1).padStart(12)}`,
    )
  }
}

/** Milliseconds that this thread has had of the processor. */
function now(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Hosts with forty services each. */
function filled(size: number): Index {
  const clock = new LogicalClock()
  const index = new Index({ clock, expired: () => {}, refused: () => {} })
  clock.advance(START, () => {})
  for (let n = 0; n < size; n++) {
    const host = Math.floor(n / 40)
    index.insert(
      makeEvent({
        host: `web-${host}.dc${host % 4}`,
        service: `http req ${n % 40}`,
        state: n % 100 === 0 ? 'critical' : 'ok',
        metric: (n * 7919) % 100,
        description: `request ${n % 1000} of ${n}`,
        ttl: 86_400,
        time: START,
      }),
    )
  }
  return index
}

/** Watches the turns of the event loop; what is returned ends that, and gives the longest in milliseconds. */
function watchLoop(): () => number {
  let longest = 0
  let last = now()
  let ended = false
  const look = () => {
    const turn = now()
    longest = Math.max(longest, turn - last)
    last = turn
    if (!ended) setImmediate(look)
  }
  setImmediate(look)
  return () => {
    ended = true
    return Math.max(longest, now() - last)
  }
}
