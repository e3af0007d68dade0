import { createSampler, type ReadHost, readThisHost } from 'weir-client/sampler'
import { type Event, encodeMsg } from 'weir-protocol'
import { type Duration, micros, spell } from '../clock/duration.ts'
import type { Wall } from '../clock/wall.ts'
import { messageOf } from '../errors.ts'
import type { Input } from './input.ts'
import type { Intake } from './intake.ts'

export interface ThisHostOptions {
  /** Between two samples; the ttl of the events is twice as much. Default: `'10s'`. */
  readonly interval?: Duration | undefined
  /** The host of the events. Default: the machine's name. */
  readonly host?: string | undefined
  /** Reads the machine. Default: the one that runs the hub. */
  readonly read?: ReadHost | undefined
}

/** How many different problems of reading are logged, each once. */
const PROBLEMS_TOLD = 100

/**
 * The machine that runs the hub as a source of events: cpu, load, memory, filesystems, interfaces and uptime, under
 * collectd's names, so that the rules for collectd's events fit.
 *
 * What cannot be read is counted at every sample and logged once.
 *
 * @throws {WeirError} WEIR_DURATION_INVALID
 * @example
 * export default config({ inputs: [thisHost({ interval: '5s' })], rules })
 */
export function thisHost(options: ThisHostOptions = {}): Input {
  const interval = micros(options.interval ?? '10s')
  return {
    kind: 'this-host',
    describe: `this host${options.host === undefined ? '' : ` as ${options.host}`}, every ${spell(interval)}`,
    start: (intake, wall, log = logToStderr) => sampleForever(options, interval, intake, wall, log),
  }
}

function sampleForever(
  { host, read = readThisHost }: ThisHostOptions,
  interval: number,
  intake: Intake,
  wall: Wall,
  log: (line: string) => void,
): () => void {
  const told = new Set<string>()
  const onProblem = (problem: string): void => {
    intake.rejected('sampler', 'read-failed')
    const part = problem.split(':', 1)[0] ?? ''
    if (told.has(part) || told.size === PROBLEMS_TOLD) return
    told.add(part)
    log(`this host: cannot read ${problem}`)
  }
  const sampler = createSampler({ read, now: () => wall.now(), host, interval: interval / 1e6, onProblem })

  let stopped = false
  let cancel = (): void => {}
  const round = async (): Promise<void> => {
    const started = wall.now()
    try {
      const events = await sampler.sample()
      if (stopped) return
      if (events.length > 0) await submit(intake, events)
    } catch (thrown) {
      onProblem(messageOf(thrown))
    }
    const left = Math.max(0, interval - Math.max(0, wall.now() - started))
    if (!stopped) cancel = wall.after(left / 1000, () => void round())
  }
  void round()
  return () => {
    stopped = true
    cancel()
  }
}

/** Waits until the hub has taken them, so that samples never pile up before a hub that is behind. */
function submit(intake: Intake, events: readonly Event[]): Promise<void> {
  return new Promise((resolve) => intake.submit('sampler', encodeMsg({ events }), () => resolve()))
}

function logToStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}
