import { hostname } from 'node:os'
import { type Clock, createClient, machineClock } from 'weir-client'
import { createSampler, readThisHost, type Sampler } from 'weir-client/sampler'
import { messageOf } from '../errors.ts'
import { integer, parseOptions } from './options.ts'
import { REMOTE_HUB, REMOTE_HUB_HELP, remoteHub } from './remote-hub.ts'

const HELP = `weir agent: tell a hub how this machine is, until it is stopped

  weir agent --to hub.example:5554 --ca ca.pem --cert web-1.pem --key web-1.key

It sends cpu, load, memory, filesystems, interfaces and uptime under collectd's names. While the hub is away it keeps
the latest 20,000 events, and comes back by itself.

${REMOTE_HUB_HELP}\
  --interval SECONDS       between two samples (default 10)
  --host NAME     the host of the events (default: this machine's name)
`

/** What is kept while the hub is away: half an hour of a machine with some hundred services. */
const QUEUED_EVENTS = 20_000

/** Exit code 0 when a signal stops it. */
export async function agent(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      ...REMOTE_HUB,
      interval: { type: 'string' },
      host: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const interval = integer('--interval', values.interval ?? '10', 1, 3600)
  const host = values.host ?? hostname()
  const hub = remoteHub(values)
  const client = createClient({
    ...hub,
    queue: { events: QUEUED_EVENTS, full: 'drop-oldest' },
    onProblem: (error) => say(error.message),
  })
  const onProblem = onceEach((problem) => say(`cannot read ${problem}`))
  const sampler = createSampler({ read: readThisHost, now: machineClock.now, host, interval, onProblem })
  const stop = sampling(sampler, interval, machineClock, (events) => void client.send(events), onProblem)
  say(`tells ${hub.host}:${hub.port} how ${host} is, every ${interval} s`)
  await signalled()
  stop()
  await client.close()
  return 0
}

type Events = Awaited<ReturnType<Sampler['sample']>>

/** Samples now and after every interval (seconds), counted from the start of the one before; keeps the process alive. */
function sampling(
  sampler: Sampler,
  interval: number,
  clock: Clock,
  send: (events: Events) => void,
  onProblem: (problem: string) => void,
): () => void {
  let stopped = false
  let cancel = (): void => {}
  const round = async (): Promise<void> => {
    const started = clock.now()
    try {
      const events = await sampler.sample()
      if (!stopped && events.length > 0) send(events)
    } catch (error) {
      onProblem(messageOf(error))
    }
    // The machine's time may have been set.
    const took = Math.min(interval, Math.max(0, (clock.now() - started) / 1e6))
    if (!stopped) cancel = clock.after((interval - took) * 1000, () => void round(), true)
  }
  void round()
  return () => {
    stopped = true
    cancel()
  }
}

/** How many different problems are told, each once: they come back with every sample. */
const PROBLEMS_TOLD = 100

function onceEach(tell: (problem: string) => void): (problem: string) => void {
  const told = new Set<string>()
  return (problem) => {
    const part = problem.split(':', 1)[0] ?? ''
    if (told.has(part) || told.size === PROBLEMS_TOLD) return
    told.add(part)
    tell(problem)
  }
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}

function say(line: string): void {
  process.stderr.write(`weir agent: ${line}\n`)
}
