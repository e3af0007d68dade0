import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { type ErrorCode, WeirError } from '../errors.ts'
import { type CollectdOptions, mapCollectd } from './collectd.ts'
import { bodyTooLarge, MAX_BODY, textOf } from './http-body.ts'
import { Lanes, Room } from './http-room.ts'
import type { Intake, Transport } from './intake.ts'
import { mapJson } from './json.ts'
import type { Mapped, Rejection } from './mapped.ts'
import { submitAll, type Taken } from './submit-all.ts'

export interface HttpRoutesOptions {
  readonly intake: Intake
  /** How collectd is configured. */
  readonly collectd?: CollectdOptions | undefined
  /** What all bodies may hold together, in bytes. Default 128 MiB. */
  readonly maxHeld?: number
}

/** What `POST /collectd` and `POST /events` answer. */
export interface Answer {
  /** What went wrong, where nothing, or not everything, was accepted for one reason. */
  readonly error?: string
  /** How many events are in the journal. */
  readonly accepted: number
  /** The first of those that were not understood. */
  readonly rejected: readonly Rejection[]
  readonly rejectedCount: number
}

/** How many bodies are unpacked, mapped and handed in at once. An event takes far more room than its JSON or gzip. */
const LANES = 4

/** What a body that is refused as a whole is answered with, and counted as. */
const REFUSALS: Partial<Record<ErrorCode, { readonly status: number; readonly reason: string }>> = {
  WEIR_BODY_BUSY: { status: 503, reason: 'busy' },
  WEIR_BODY_COMMAND: { status: 400, reason: 'collectd-command' },
  WEIR_BODY_ENCODING: { status: 415, reason: 'bad-encoding' },
  WEIR_BODY_NOT_JSON: { status: 400, reason: 'bad-json' },
  WEIR_BODY_SHAPE: { status: 400, reason: 'bad-shape' },
  WEIR_BODY_TOO_LARGE: { status: 413, reason: 'too-large' },
}

/**
 * `POST /collectd`, for collectd's write_http, and `POST /events`, for whoever has JSON. The content type is not
 * looked at; bodies may be gzipped; 16 MiB is the most, packed and unpacked.
 *
 * Answered, with an `Answer`, when the hub has taken the events: 200 where it took any, or the body asks for none;
 * 400 where nothing was understood; 413 and 415 by their meaning; 503 where the hub could not take them, then
 * `accepted` says how many it did, or where more than 128 MiB of bodies would be held at once.
 *
 * Counted as rejected, by transport (`collectd`, `http`): `bad-event` and `no-value` for each element or value,
 * `bad-json`, `bad-shape`, `bad-encoding`, `collectd-command`, `too-large` and `busy` for each body.
 *
 * @example
 * await app.register(httpRoutes, { intake })
 */
export const httpRoutes: FastifyPluginAsync<HttpRoutesOptions> = async (
  app,
  { intake, collectd, maxHeld },
) => {
  app.addHook('onRequest', async ({ headers }) => {
    // Fastify refuses one that is malformed before it looks for a parser.
    headers['content-type'] = 'application/octet-stream'
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_, body, done) =>
    done(null, body),
  )
  const room = new Room(maxHeld)
  const lanes = new Lanes(LANES)
  app.addHook('preParsing', async (_, reply, body) => room.admit(body, reply.raw))

  const routes: readonly (readonly [string, Transport, (text: string) => Mapped])[] = [
    ['/collectd', 'collectd', (text) => mapCollectd(text, collectd)],
    ['/events', 'http', (text) => mapJson(text, intake.now())],
  ]
  for (const [url, transport, map] of routes) {
    app.post(url, {
      async handler(request, reply) {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        return lanes.run(async () => {
          const mapped = map(await textOf(body, request.headers['content-encoding']))
          for (let n = 0; n < mapped.skipped; n++) intake.rejected(transport, 'no-value')
          for (let n = 0; n < mapped.rejectedCount; n++) intake.rejected(transport, 'bad-event')
          return answer(reply, mapped, await submitAll(intake, transport, mapped.events))
        })
      },
      errorHandler(error, _, reply) {
        const refused = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? bodyTooLarge() : error
        const refusal = refused instanceof WeirError ? REFUSALS[refused.code] : undefined
        if (refusal === undefined) throw error
        intake.rejected(transport, refusal.reason)
        // Fastify would close, over bytes still to come, which resets the connection and with it the answer; they are
        // read and dropped instead, as long as a request may take.
        reply.removeHeader('connection')
        const nothing: Answer = { error: refused.message, accepted: 0, rejected: [], rejectedCount: 0 }
        return reply.code(refusal.status).send(nothing)
      },
    })
  }
}

function answer(reply: FastifyReply, mapped: Mapped, taken: Taken): FastifyReply {
  const { rejected, rejectedCount } = mapped
  if (taken.error !== undefined) return reply.code(503).send({ ...taken, rejected, rejectedCount })
  if (taken.accepted === 0 && rejectedCount > 0) {
    return reply
      .code(400)
      .send({ error: 'nothing in the body was understood', accepted: 0, rejected, rejectedCount })
  }
  return reply.send({ accepted: taken.accepted, rejected, rejectedCount })
}
