import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Alert } from '../../alerts/alert.ts'
import type { Hub } from '../../hub.ts'
import { notificationOf } from '../../outputs/delivery-attempt.ts'
import type { Acknowledgeable } from '../../outputs/notification.ts'
import type { Outbox } from '../../outputs/outbox.ts'
import type { AcknowledgeLinks } from './links.ts'
import { type Asked, askAllPage, askPage, PAGE_POLICY, sayPage } from './page.ts'

/** How long a form may be, in bytes. */
const FORM_LIMIT = 4_096

const signed = { until: z.string(), signature: z.string() }
const querySchema = z.union([
  z.object({ alert: z.string(), ...signed }),
  z.object({ message: z.string(), ...signed }),
])
const formSchema = z.object({
  who: z.string().trim().min(1).max(100),
  why: z.string().trim().max(500).default(''),
})

export interface AcknowledgingOptions {
  readonly hub: Hub
  readonly outbox: Outbox
  readonly links: AcknowledgeLinks
}

/** What a good link is about. */
interface Linked {
  readonly isMessage: boolean
  /** Those that are open, at least one. */
  readonly alerts: readonly Alert[]
}

/**
 * `/acknowledge`: where the links in messages lead. GET asks who takes the alert on, or all alerts of the message, so
 * that what only looks at a link, such as a preview, does nothing; POST does it. The signature of the link stands for
 * the token.
 */
export const acknowledging: FastifyPluginAsync<AcknowledgingOptions> = async (app, options) => {
  const { hub, outbox, links } = options
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT },
    (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )

  /** The open ones of the alerts that this is about. */
  const openOf = (what: Acknowledgeable): readonly Alert[] => {
    const ids = new Set('alert' in what ? [what.alert] : toldIn(what.message))
    return [...hub.fold.book.open].filter(({ id }) => ids.has(id))
  }

  /** The alerts that a message told of, by their ids. */
  const toldIn = (message: string): readonly string[] => {
    const row = outbox.row(message)
    const { items = [] } = (row === undefined ? undefined : notificationOf(row)) ?? {}
    return items.flatMap(({ alert }) => alert ?? [])
  }

  /** What a good link is about; undefined where something else was answered. */
  const linked = async (query: unknown, reply: FastifyReply): Promise<Linked | undefined> => {
    const parsed = querySchema.safeParse(query)
    const problem = parsed.success ? links.problem(parsed.data) : 'not-signed'
    if (!parsed.success || problem === 'not-signed') {
      hub.rejected('http', 'not-signed')
      await say(reply, 403, 'This link was not made by this hub, or a part of it is missing.')
      return undefined
    }
    if (problem === 'expired') {
      await say(
        reply,
        410,
        'This link has expired. Newer messages have newer ones; the page of the hub does it, too.',
      )
      return undefined
    }
    const isMessage = 'message' in parsed.data
    const alerts = openOf(parsed.data)
    if (alerts.length > 0) return { isMessage, alerts }
    await say(reply, 404, isMessage ? 'All that this message told of is over.' : 'This alert is over.')
    return undefined
  }

  app.get('/acknowledge', async (request, reply) => {
    const found = await linked(request.query, reply)
    if (found === undefined) return reply
    const asked = found.alerts.map(askedOf)
    const [first] = asked
    if (found.isMessage || first === undefined) return send(reply, 200, askAllPage(asked))
    return send(reply, 200, askPage(first))
  })

  app.post('/acknowledge', async (request, reply) => {
    const found = await linked(request.query, reply)
    if (found === undefined) return reply
    const form = formSchema.safeParse(request.body)
    if (!form.success) return say(reply, 400, 'Say who takes it on, in at most 100 characters.')
    const { who, why } = form.data
    const said = why === '' ? 'by the link in a message' : why
    // Of several, whoever has taken one on already keeps it.
    const alerts = found.alerts.filter(({ acknowledged }) => !found.isMessage || acknowledged === undefined)
    const outcomes = await Promise.all(
      alerts.map(({ id }) => hub.command({ do: 'acknowledge', alert: id, who, why: said })),
    )
    for (const outcome of outcomes) {
      // One that is over by now needs nobody.
      if (!outcome.ok && !(found.isMessage && outcome.because === 'unknown'))
        return say(reply, 503, `Not acknowledged: ${outcome.error}.`)
    }
    // Relative, since a proxy may have the hub below a path of its own.
    return reply
      .code(303)
      .header('location', request.url.slice(request.url.indexOf('?')))
      .send()
  })
}

function askedOf({ rule, severity, summary, since, acknowledged }: Alert): Asked {
  const at = `${new Date(since / 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return { rule, severity, summary, since: at, acknowledged: acknowledged?.who }
}

function say(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  return send(reply, status, sayPage(sentence))
}

function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-security-policy': PAGE_POLICY,
      // With `no-referrer` the browser would hide where the form comes from, and it would be refused.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(page)
}
