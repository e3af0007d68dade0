import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Wall } from '../clock/wall.ts'
import type { Command } from '../command.ts'
import type { Hub } from '../hub.ts'
import type { Outbox } from '../outputs/outbox.ts'
import { drillOutcome } from './drill-outcome.ts'
import { type LineSocket, listenLines } from './line-socket.ts'
import { alertReport, decisionReport, explanationReport, outboxReport, silenceReport } from './reports.ts'

const requestSchema = z.union([
  z.strictObject({ command: z.custom<Command>() }),
  z.strictObject({ reload: z.strictObject({}) }),
  z.strictObject({ explain: z.strictObject({ host: z.string(), service: z.string() }) }),
  z.strictObject({ alerts: z.strictObject({}) }),
  z.strictObject({ silences: z.strictObject({}) }),
  z.strictObject({ outbox: z.strictObject({}) }),
  z.strictObject({ drill: z.strictObject({ alert: z.string(), over: z.boolean() }) }),
  z.strictObject({
    retry: z
      .strictObject({ id: z.string().optional(), destination: z.string().optional() })
      .refine(
        ({ id, destination }) => (id === undefined) !== (destination === undefined),
        'names an id or a destination',
      ),
  }),
  z.strictObject({
    log: z.strictObject({
      rule: z.string().optional(),
      host: z.string().optional(),
      alert: z.string().optional(),
      limit: z.number().int().min(1).max(10_000),
    }),
  }),
])

/** What the command `weir` asks a hub on this machine. */
export type OperatorRequest = z.input<typeof requestSchema>

/** What operators have to do with. */
export interface Operated {
  readonly hub: Hub
  readonly db: DatabaseSync
  readonly outbox: Outbox
  /** Times how long is waited for something. */
  readonly wall: Wall
  /** Tries what waits for a destination, or is broken, at once. */
  readonly tryNow: () => void
  /** Puts the configuration as it is now in force; answers what changed, a line each. */
  readonly reload: () => Promise<readonly string[]>
}

/** The Unix socket for the operators of this machine: a request in, `{ "ok": … }` or `{ "error": … }` out. */
export function listenForOperators(path: string, operated: Operated): Promise<LineSocket> {
  const { hub, db, outbox, wall, reload, tryNow } = operated
  return listenLines(path, async (line) => {
    const request = requestSchema.parse(line)
    if ('command' in request) return hub.command(request.command)
    if ('reload' in request) return { ok: await reload() }
    if ('explain' in request)
      return { ok: explanationReport(hub, request.explain.host, request.explain.service) }
    if ('alerts' in request) return { ok: alertReport(hub) }
    if ('silences' in request) return { ok: silenceReport(hub) }
    if ('drill' in request) return { ok: await drillOutcome(operated, wall, request.drill) }
    if ('outbox' in request) return { ok: outboxReport(outbox) }
    if ('retry' in request) {
      const { id, destination } = request.retry
      const again = id !== undefined ? { id } : { destination: destination ?? '' }
      const count = outbox.retryDead(again)
      tryNow()
      return { ok: true, said: `${count} messages are to be sent again` }
    }
    return { ok: decisionReport(db, request.log) }
  })
}
