import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { type Event, makeEvent } from 'weir-protocol'
import { z } from 'zod'
import type { Cause } from '../../alerts/alert.ts'
import type { Hub } from '../../hub.ts'
import type { Outbox } from '../../outputs/outbox.ts'
import { type ExplainedStep, explainRules } from '../../rules/explain.ts'
import { spellPlace } from '../../rules/place.ts'
import { placeOf } from '../../rules/rule.ts'
import { type AlertReport, alertReport, alertSchema, tellingReport } from './alerts.ts'
import { decisionReport, decisionSchema } from './decisions.ts'
import { eventReport, eventSchema } from './events.ts'

/** How many alerts that are over are told of a service, the latest. */
const OVER_SHOWN = 3
/** How many decisions are told of an alert, the latest. */
const DECISIONS_SHOWN = 50

const stepSchema = z.object({
  operator: z.string(),
  params: z.string().meta({ description: 'its parameters, as JSON' }),
  place: z.string().nullable().meta({ description: 'file and line' }),
  state: z.string().nullable().meta({ description: 'what it holds, as JSON, cut where it is long' }),
  events: z
    .array(eventSchema)
    .readonly()
    .meta({ description: 'the events among what it holds, the oldest first' }),
  due: z.int().nullable().meta({ description: 'until when it waits, in microseconds since the epoch' }),
})

/** What is to be explained: a service of a host, or one alert by its id. */
export type Explained = { readonly host: string; readonly service: string } | { readonly alert: string }

/** An alert, open or over, what it was fired by, and what was decided about it. */
const explainedAlertSchema = alertSchema.extend({
  over: z.int().nullable().meta({ description: 'when it was over, in microseconds since the epoch' }),
  place: z.string().nullable().meta({ description: 'file and line of its rule' }),
  cause: z.object({
    incoming: eventSchema.nullable().meta({ description: 'as it came; null where a timer was due' }),
    event: eventSchema.meta({ description: 'as it came to the alert()' }),
    path: z.array(stepSchema).readonly().meta({ description: 'as they stood then' }),
  }),
  decisions: z.array(decisionSchema).readonly(),
})

/** What is known of one service of a host, or of one alert. Times in microseconds. */
export const explanationSchema = z.object({
  host: z.string().nullable(),
  service: z.string().nullable(),
  event: z
    .object({ state: z.string().nullable(), metric: z.number().nullable(), arrival: z.int() })
    .nullable()
    .meta({ description: 'its latest event, while that is in the index' }),
  rules: z
    .array(
      z.object({ rule: z.string(), place: z.string().nullable(), steps: z.array(stepSchema).readonly() }),
    )
    .readonly()
    .meta({ description: 'the rules that such an event concerns, and what they hold for it now' }),
  alerts: z.array(explainedAlertSchema).readonly().meta({
    description: 'those that are open, then the latest that are over; or the one that was asked for',
  }),
})

/** No alert has this id, or it is over for so long that it is not kept any more. */
export class UnknownAlert extends Error {
  constructor(id: string) {
    super(`no alert '${id}' is known`)
  }
}

/** One operator of a rule, and what it holds. */
export type StepReport = Readonly<z.infer<typeof stepSchema>>

export type ExplainedAlert = Readonly<z.infer<typeof explainedAlertSchema>>

export type Explanation = Readonly<z.infer<typeof explanationSchema>>

/** Explains a service or an alert. Throws UnknownAlert where none has this id. */
export function explanationReport(hub: Hub, db: DatabaseSync, outbox: Outbox, which: Explained): Explanation {
  const { index, engine } = hub.fold
  const open = openAlerts(hub, outbox, which)
  const over = 'alert' in which && open.length > 0 ? [] : overAlerts(db, outbox, which)
  const found = [...open, ...over]
  if ('alert' in which && found.length === 0) throw new UnknownAlert(which.alert)
  const [first] = found
  const { host, service } = 'alert' in which ? { host: first?.host, service: first?.service } : which
  const named = { host: host ?? undefined, service: service ?? undefined }
  const entry = index.entry(named.host, named.service)
  const event = entry?.event ?? makeEvent({ ...withoutUndefined(named), time: hub.now() })
  const places = new Map(engine.runs.map(({ rule }) => [rule.name, placeOf(rule)]))
  return {
    host: host ?? null,
    service: service ?? null,
    event:
      entry === undefined
        ? null
        : { state: event.state ?? null, metric: event.metric ?? null, arrival: entry.arrival },
    rules: explainRules(engine, event).map((each) => ({ ...each, steps: each.steps.map(stepReport) })),
    alerts: found.map(({ cause, ...alert }) => {
      const place = places.get(alert.rule)
      return {
        ...alert,
        cause: {
          incoming: cause.incoming && eventReport(cause.incoming),
          event: eventReport(cause.event),
          path: cause.path.map(stepReport),
        },
        place: place === undefined ? null : spellPlace(place),
        decisions: decisionReport(db, outbox, { alert: alert.id, limit: DECISIONS_SHOWN }),
      }
    }),
  }
}

type Found = AlertReport & { readonly over: number | null; readonly cause: Cause }

function openAlerts(hub: Hub, outbox: Outbox, which: Explained): readonly Found[] {
  const alerts = [...hub.fold.book.open].filter(({ id, event }) =>
    'alert' in which ? id === which.alert : event.host === which.host && event.service === which.service,
  )
  const reports = alertReport(hub, outbox, alerts)
  return alerts.flatMap(({ cause }, n) => {
    const report = reports[n]
    return report === undefined ? [] : [{ ...report, over: null, cause }]
  })
}

const COLUMNS = 'id, rule, host, service, severity, since, changed, summary, cause'

function overAlerts(db: DatabaseSync, outbox: Outbox, which: Explained): readonly Found[] {
  const rows =
    'alert' in which
      ? db.prepare(`select ${COLUMNS} from alerts where id = ? and status = 'resolved'`).all(which.alert)
      : db
          .prepare(
            `select ${COLUMNS} from alerts where host is ? and service is ? and status = 'resolved'
             order by changed desc limit ?`,
          )
          .all(which.host, which.service, OVER_SHOWN)
  return rows.map((row) => {
    const id = String(row.id)
    const messages = db
      .prepare('select message from decisions where alert = ? and message is not null order by at, rowid')
      .all(id)
      .map(({ message }) => String(message))
    return {
      id,
      rule: String(row.rule),
      host: textOf(row.host),
      service: textOf(row.service),
      status: 'resolved' as const,
      severity: String(row.severity),
      since: Number(row.since),
      summary: String(row.summary),
      ...tellingReport(messages, outbox.fates(messages)),
      withheld: null,
      acknowledged: null,
      over: Number(row.changed),
      cause: causeSchema.parse(JSON.parse(String(row.cause))),
    }
  })
}

const event = z.custom<Event>((value) => typeof value === 'object' && value !== null)
/** As it was written; older ones have neither what came in nor events. */
const causeSchema = z.object({
  incoming: event.nullable().default(null),
  event,
  path: z.array(
    z.object({
      operator: z.string(),
      params: z.string(),
      place: z.string().nullable(),
      state: z.string().nullable(),
      events: z.array(event).default([]),
      due: z.number().nullable(),
    }),
  ),
})

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function withoutUndefined(named: {
  readonly host: string | undefined
  readonly service: string | undefined
}) {
  const { host, service } = named
  return { ...(host === undefined ? {} : { host }), ...(service === undefined ? {} : { service }) }
}

function stepReport(step: ExplainedStep): StepReport {
  return { ...step, events: step.events.map(eventReport) }
}
