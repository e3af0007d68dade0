import { decodeMsg } from 'weir-protocol'
import { z } from 'zod'
import type { DrivenWall } from '../clock/driven.ts'
import type { NextTurn } from '../clock/turn.ts'
import type { Hub } from '../hub.ts'
import type { Journal } from '../journal/journal.ts'
import type { OutboxDelivery } from '../outputs/delivery.ts'
import { type LineSocket, listenLines } from './line-socket.ts'

/** The socket's name in the data directory. */
export const CLOCK_SOCKET = 'clock.sock'
/** How many of the last records are searched first for an attribute; if it is in none, more are. */
const SEARCHED = 1_000

const schema = z.union(
  [
    z.strictObject({ advance: z.int().nonnegative() }),
    z.strictObject({ journaled: z.union([z.literal(true), z.string()]) }),
  ],
  { error: 'write {"advance": MICROSECONDS}, {"journaled": true} or {"journaled": ATTRIBUTE}' },
)

/**
 * The commands by which a test drives the hub's time:
 *
 * - `{"advance": T}` moves time to T (microseconds since the epoch). Answered with `{"now": T}` once all that falls due
 *   by then has fired, is journaled and written to the tables, and no delivery is in flight or due. Time does not go
 *   back.
 * - `{"journaled": true}` is answered with `{"position", "arrival"}` of the journal's last record. With the name of an
 *   attribute in place of `true`, also with its `value` in the last journaled event that has it: a sender that numbers
 *   its events knows then what to send again after a kill.
 */
export function clockSocket(options: {
  readonly path: string
  readonly wall: DrivenWall
  readonly hub: Hub
  readonly journal: Journal
  /** The delivery of now: a reload makes another one. */
  readonly delivery: () => OutboxDelivery
  readonly turn: NextTurn
}): Promise<LineSocket> {
  const { wall, hub, journal, delivery } = options
  let advancing: Promise<unknown> = Promise.resolve()

  /** Everything that began is done; only time can make something happen. */
  const settled = async (): Promise<void> => {
    for (;;) {
      await new Promise<void>(options.turn)
      if (hub.busy) await hub.settled()
      else if (!delivery().resting) await delivery().rest()
      else return
    }
  }
  const advance = async (to: number) => {
    if (to < wall.now()) throw new Error(`time does not go back: it is ${wall.now()}`)
    await wall.advance(to, settled)
    await new Promise<void>((resolve, reject) => {
      hub.mark((outcome) => (outcome.ok ? resolve() : reject(new Error(outcome.error))))
    })
    await settled()
    return { now: wall.now() }
  }
  return listenLines(options.path, (command) => {
    const asked = schema.parse(command)
    if ('advance' in asked) {
      const advanced = advancing.then(() => advance(asked.advance))
      advancing = advanced.catch(() => {})
      return advanced
    }
    const { next, arrival } = journal
    const value = asked.journaled === true ? undefined : lastValue(journal, asked.journaled)
    return Promise.resolve({ position: next - 1, arrival, ...(value === undefined ? {} : { value }) })
  })
}

/** The attribute's value in the last journaled event that has it. */
function lastValue(journal: Journal, attribute: string): string | undefined {
  for (let searched = SEARCHED; ; searched *= 10) {
    const position = Math.max(journal.first, journal.next - searched)
    let value: string | undefined
    for (const { kind, bytes, arrival } of journal.read({ position })) {
      if (kind !== 'msg') continue
      for (const { attributes } of decodeMsg(bytes, arrival).events) value = attributes[attribute] ?? value
    }
    if (value !== undefined || position <= journal.first) return value
  }
}
