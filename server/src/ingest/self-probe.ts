import { encodeMsg, makeEvent } from 'weir-protocol'
import { type Duration, micros, spell } from '../clock/duration.ts'
import { messageOf } from '../errors.ts'
import type { Input } from './input.ts'

export interface SelfProbeOptions {
  /** Between two probes; the ttl of the events is three times as much. Default `'1m'`. */
  readonly interval?: Duration
  /** The host of the events. Default `weir`. */
  readonly host?: string
}

/**
 * An event `weir/probe` again and again, from the hub itself: what becomes of it shows that events are taken in,
 * journaled, and go through the rules. With `ping()` and `heartbeat()` somebody outside hears of it.
 *
 * The next one waits until the hub has handled the last.
 *
 * @throws {WeirError} WEIR_DURATION_INVALID
 * @example config({ inputs: [thisHost(), selfProbe()], rules: [indexAll, proofOfLife] })
 */
export function selfProbe(options: SelfProbeOptions = {}): Input {
  const interval = micros(options.interval ?? '1m')
  const { host = 'weir' } = options
  return {
    kind: 'self-probe',
    describe: `self-probe, every ${spell(interval)}`,
    start(intake, wall, log = (line) => void process.stderr.write(`${line}\n`)) {
      let cancel = (): void => {}
      let stopped = false
      const again = (): void => {
        if (!stopped) cancel = wall.after(interval / 1000, probe)
      }
      const probe = (): void => {
        const time = wall.now()
        const ttl = (3 * interval) / 1e6
        const event = makeEvent({ host, service: 'weir/probe', state: 'ok', time, ttl, tags: ['weir'] })
        try {
          intake.submit('self', encodeMsg({ events: [event] }), again)
        } catch (thrown) {
          log(`self-probe: ${messageOf(thrown)}`)
          again()
        }
      }
      probe()
      return () => {
        stopped = true
        cancel()
      }
    },
  }
}
