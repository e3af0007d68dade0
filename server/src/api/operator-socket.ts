import { z } from 'zod'
import type { Command } from '../command.ts'
import { drillOutcome } from './drill-outcome.ts'
import { type LineSocket, listenLines } from './line-socket.ts'
import { type Operated, retry, retrySchema } from './operated.ts'
import { alertReport } from './reports/alerts.ts'
import { DECISION_LIMIT, decisionReport } from './reports/decisions.ts'
import { explanationReport } from './reports/explanation.ts'
import { outboxReport } from './reports/outbox.ts'
import { silenceReport } from './reports/silences.ts'

const requestSchema = z.union([
  z.strictObject({ command: z.custom<Command>() }),
  z.strictObject({ reload: z.strictObject({}) }),
  z.strictObject({
    explain: z.union([
      z.strictObject({ host: z.string(), service: z.string() }),
      z.strictObject({ alert: z.string() }),
    ]),
  }),
  z.strictObject({ alerts: z.strictObject({}) }),
  z.strictObject({ silences: z.strictObject({}) }),
  z.strictObject({ outbox: z.strictObject({}) }),
  z.strictObject({ drill: z.strictObject({ alert: z.string(), over: z.boolean() }) }),
  z.strictObject({ retry: retrySchema }),
  z.strictObject({
    log: z.strictObject({
      rule: z.string().optional(),
      host: z.string().optional(),
      alert: z.string().optional(),
      limit: z.int().min(1).max(DECISION_LIMIT),
    }),
  }),
])

/** What the command `weir` asks a hub on this machine. */
export type OperatorRequest = z.input<typeof requestSchema>

/** The Unix socket for the operators of this machine: a request in, `{ "ok": … }` or `{ "error": … }` out. */
export function listenForOperators(path: string, operated: Operated): Promise<LineSocket> {
  const { hub, db, outbox, wall, reload } = operated
  return listenLines(path, async (line) => {
    const request = requestSchema.parse(line)
    if ('command' in request) return hub.command(request.command)
    if ('reload' in request) return { ok: await reload() }
    if ('explain' in request) return { ok: explanationReport(hub, db, outbox, request.explain) }
    if ('alerts' in request) return { ok: alertReport(hub, outbox) }
    if ('silences' in request) return { ok: silenceReport(hub) }
    if ('drill' in request) return { ok: await drillOutcome(operated, wall, request.drill) }
    if ('outbox' in request) return { ok: outboxReport(outbox) }
    if ('retry' in request) return retry(operated, request.retry)
    return { ok: decisionReport(db, outbox, request.log) }
  })
}
