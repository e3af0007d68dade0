import type { FastifyInstance } from 'fastify'
import type { Failures } from './failures.ts'
import { type Keyring, SESSION_COOKIE, SESSION_SECONDS } from './keyring.ts'

/** A form with one field is no reason for a larger body. */
const BODY_LIMIT = 4_096

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;margin:1rem}
form{display:grid;gap:.75rem;width:min(22rem,90vw)}h1{font-size:1.25rem;margin:0}input,button{font:inherit;padding:.5rem .75rem;border-radius:.5rem;border:1px solid #8888}
button{background:#0b6e75;color:#fff;border:0;cursor:pointer}p{margin:0}.wrong{color:#c62828}`

/** The style stands in the page itself: what is beside it needs a token. */
const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

function form(problem: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Weir · log in</title><style>${STYLE}</style></head><body><form method="post" action="/login"><h1>Weir</h1>
${problem === '' ? '' : `<p class="wrong" role="alert">${problem}</p>`}
<label for="token">Token</label><input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button><p><small>Whoever runs the hub makes one: weir token add NAME --scope read</small></p></form></body></html>`
}

/**
 * `GET /login`, `POST /login` with a form's `token`, and `POST /logout`: a token becomes a cookie that scripts can't read
 * and other sites can't use, for twelve hours.
 */
export async function loginRoutes(
  app: FastifyInstance,
  {
    keys,
    failures,
    refused,
  }: {
    readonly keys: Keyring
    readonly failures: Failures
    /** Hears of each wrong token. */
    readonly refused: () => void
  },
): Promise<void> {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (_, body, done) => done(null, new URLSearchParams(String(body))),
  )
  app.addHook('onSend', async (_, reply) => {
    reply.headers({ 'content-security-policy': CSP, 'cache-control': 'no-store' })
  })
  app.get('/login', async (_, reply) => reply.type('text/html').send(form('')))
  app.post('/login', async (request, reply) => {
    const token = request.body instanceof URLSearchParams ? (request.body.get('token') ?? '') : ''
    const session = keys.login(token.trim())
    if (session !== undefined)
      return reply.header('set-cookie', cookie(session, SESSION_SECONDS)).redirect('/', 303)
    refused()
    const wait = failures.failed()
    const [status, problem] =
      wait > 0
        ? [429, `Too many wrong tokens; try again in ${wait} s.`]
        : [401, 'This is no token of this hub.']
    if (wait > 0) reply.header('retry-after', wait)
    return reply.code(status).type('text/html').send(form(problem))
  })
  app.post('/logout', async (_, reply) => reply.header('set-cookie', cookie('', 0)).redirect('/login', 303))
}

function cookie(value: string, seconds: number): string {
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Strict`
}
