import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Hub } from '../../hub.ts'
import type { AcknowledgeLinks } from './links.ts'
import { askPage, PAGE_POLICY, sayPage } from './page.ts'

/** How long a form may be, in bytes. */
const FORM_LIMIT = 4_096

const querySchema = z.object({ alert: z.string(), until: z.string(), signature: z.string() })
const formSchema = z.object({
  who: z.string().trim().min(1).max(100),
  why: z.string().trim().max(500).default(''),
})

export interface AcknowledgingOptions {
  readonly hub: Hub
  readonly links: AcknowledgeLinks
}

/**
 * `/acknowledge`: where the links in messages lead. GET asks who takes the alert on, so that what only looks at a link,
 * such as a preview, does nothing; POST does it. The signature of the link stands for the token.
 */
export const acknowledging: FastifyPluginAsync<AcknowledgingOptions> = async (app, { hub, links }) => {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT },
    (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )

  /** The alert of a good link; undefined where something else was answered. */
  const alertOf = async (query: unknown, reply: FastifyReply) => {
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
    const alert = [...hub.fold.book.open].find(({ id }) => id === parsed.data.alert)
    if (alert === undefined) await say(reply, 404, 'This alert is over.')
    return alert
  }

  app.get('/acknowledge', async (request, reply) => {
    const alert = await alertOf(request.query, reply)
    if (alert === undefined) return reply
    const { rule, severity, summary, since, acknowledged } = alert
    const at = `${new Date(since / 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    return send(reply, 200, askPage({ rule, severity, summary, since: at, acknowledged: acknowledged?.who }))
  })

  app.post('/acknowledge', async (request, reply) => {
    const alert = await alertOf(request.query, reply)
    if (alert === undefined) return reply
    const form = formSchema.safeParse(request.body)
    if (!form.success) return say(reply, 400, 'Say who takes it on, in at most 100 characters.')
    const { who, why } = form.data
    const said = why === '' ? 'by the link in a message' : why
    const outcome = await hub.command({ do: 'acknowledge', alert: alert.id, who, why: said })
    if (!outcome.ok) return say(reply, 503, `Not acknowledged: ${outcome.error}.`)
    // Relative, since a proxy may have the hub below a path of its own.
    return reply
      .code(303)
      .header('location', request.url.slice(request.url.indexOf('?')))
      .send()
  })
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
