// Slack's Web API on this machine, as far as a bot that posts, changes and threads messages needs it.
//   node test/slack-api-stand-in.ts [--port 0] [--answer NAME ...]
// prints the address for slackBot({ api }), and the channel after each change. The token is any that begins with `xoxb-`,
// the channel #ops. The answers are given in turn (ok, invalid_auth, ratelimited, hang, drop, lost …), ok afterwards.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { bodyOf, messageFault } from './slack-stand-in.ts'

/**
 * What the stand-in does with one request: `ok`, no answer, a connection that breaks off before or (`lost`) after the
 * request was done, 429 with this Retry-After, a status of HTTP, or an error of Slack's by its name.
 */
export type SlackApiAnswer =
  | 'ok'
  | 'hang'
  | 'drop'
  | 'lost'
  | { readonly retryAfter: number }
  | number
  | (string & {})

/** A message as the channel shows it. */
export interface ShownMessage {
  readonly ts: string
  text: string
  blocks: unknown
  attachments: unknown
  edits: number
  /** Its thread: the texts, those marked that show in the channel, too. */
  readonly thread: { readonly text: string; readonly broadcast: boolean }[]
}

export interface SlackApiStandIn {
  /** For `slackBot({ api })`. */
  readonly api: string
  /** `method: answer` of each request, in order. */
  readonly requests: readonly string[]
  /** The messages of the channel. */
  readonly messages: readonly ShownMessage[]
  /** The channel as its readers see it: a line each message, `↳` before those of its thread, `↳ (channel)` where they show in the channel, too. */
  shown(): readonly string[]
  answer(...answers: readonly SlackApiAnswer[]): void
  /** Somebody deletes a message. */
  remove(ts: string): void
  close(): Promise<void>
}

const CHANNEL = 'C0123456789'
const NAMES = [CHANNEL, '#ops', 'ops']

/**
 * Starts a server on 127.0.0.1 that answers as Slack's Web API does, also to what Slack would refuse.
 *
 *     const slack = await startSlackApiStandIn()
 *     slack.answer('ok', { retryAfter: 2 })
 */
export async function startSlackApiStandIn(
  options: { readonly port?: number; readonly onChange?: (stand: SlackApiStandIn) => void } = {},
): Promise<SlackApiStandIn> {
  const script: SlackApiAnswer[] = []
  const requests: string[] = []
  const messages: ShownMessage[] = []
  let posted = 0

  const post = (args: Arguments): object => {
    const ts = `1767225600.${String(++posted).padStart(6, '0')}`
    const { text = '', blocks, attachments } = args
    if (args.thread_ts === undefined) {
      messages.push({ ts, text: String(text), blocks, attachments, edits: 0, thread: [] })
    } else {
      const parent = messages.find((message) => message.ts === args.thread_ts)
      if (parent === undefined) return { ok: false, error: 'thread_not_found' }
      parent.thread.push({ text: String(text), broadcast: String(args.reply_broadcast) === 'true' })
    }
    return { ok: true, channel: CHANNEL, ts, message: { type: 'message', text, blocks, attachments } }
  }
  const update = (args: Arguments): object => {
    const message = messages.find(({ ts }) => ts === args.ts)
    if (message === undefined) return { ok: false, error: 'message_not_found' }
    const { text = '', blocks, attachments } = args
    Object.assign(message, { text, blocks, attachments, edits: message.edits + 1 })
    return { ok: true, channel: CHANNEL, ts: message.ts, text }
  }
  const act = (method: string, args: Arguments): object => {
    if (method === 'chat.postMessage') {
      return NAMES.includes(String(args.channel)) ? post(args) : { ok: false, error: 'channel_not_found' }
    }
    // A message is changed by the id of its channel alone.
    return args.channel === CHANNEL ? update(args) : { ok: false, error: 'channel_not_found' }
  }

  const server = createServer(async (request, response) => {
    const method = request.url?.match(/^\/api\/([\w.]+)$/)?.[1] ?? ''
    const args = argumentsOf(request, await bodyOf(request))
    const scripted = script.shift() ?? 'ok'
    const fault = scripted === 'ok' ? faultOf(request, method, args) : undefined
    const answer = fault ?? scripted
    const result = answer === 'ok' || answer === 'lost' ? act(method, args) : undefined
    const told = result !== undefined && 'error' in result ? result.error : answer
    requests.push(`${method}: ${typeof told === 'object' ? `ratelimited ${JSON.stringify(told)}` : told}`)
    give(answer, result, request, response)
    options.onChange?.(standIn)
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const standIn: SlackApiStandIn = {
    api: `http://127.0.0.1:${port}/api/`,
    requests,
    messages,
    shown: () =>
      messages.flatMap(({ text, thread }) => [
        text,
        ...thread.map((reply) => `↳ ${reply.broadcast ? '(channel) ' : ''}${reply.text}`),
      ]),
    answer: (...answers) => void script.push(...answers),
    remove: (ts) =>
      void messages.splice(
        messages.findIndex((message) => message.ts === ts),
        1,
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return standIn
}

type Arguments = Readonly<Record<string, unknown>>

function give(
  answer: SlackApiAnswer,
  result: object | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const json = { 'content-type': 'application/json; charset=utf-8' }
  if (answer === 'hang') return
  if (answer === 'drop' || answer === 'lost') {
    request.socket.destroy()
  } else if (typeof answer === 'object' || answer === 'ratelimited') {
    const after = typeof answer === 'object' ? answer.retryAfter : 1
    const body = JSON.stringify({ ok: false, error: 'ratelimited' })
    response.writeHead(429, { ...json, 'retry-after': String(after) }).end(body)
  } else if (typeof answer === 'number') {
    response.writeHead(answer, { 'content-type': 'text/html' }).end(`<h1>${answer}</h1>`)
  } else {
    response.writeHead(200, json).end(JSON.stringify(result ?? { ok: false, error: answer }))
  }
}

function faultOf(request: IncomingMessage, method: string, args: Arguments): string | undefined {
  const { authorization = '' } = request.headers
  if (method !== 'chat.postMessage' && method !== 'chat.update') return 'unknown_method'
  if (authorization === '') return 'not_authed'
  if (!/^Bearer xoxb-\S+$/.test(authorization)) return 'invalid_auth'
  const fault = messageFault(args)
  return fault === 'invalid_payload' ? 'msg_too_long' : fault
}

/** The arguments of a call, whose lists come as JSON within a form. */
function argumentsOf({ headers }: IncomingMessage, body: string): Arguments {
  if (headers['content-type']?.startsWith('application/json')) return JSON.parse(body)
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [name, /^[[{]/.test(value) ? parse(value) : value]),
  )
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      answer: { type: 'string', multiple: true, default: [] },
    },
  })
  const slack = await startSlackApiStandIn({
    port: Number(values.port),
    onChange: (standIn) => console.log(['', standIn.requests.at(-1), ...standIn.shown()].join('\n')),
  })
  slack.answer(...values.answer)
  console.log(slack.api)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void slack.close())
}
