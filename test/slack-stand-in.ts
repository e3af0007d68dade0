// Slack's incoming webhooks on this machine, to try Weir without Slack.
//   node test/slack-stand-in.ts [--port 0] [--record FILE] [--answer NAME ...]
// prints the address for SLACK_WEBHOOK_URL, then each message; FILE gets a line of JSON for each request. The
// answers are given in turn (ok, invalid_payload, no_service, rate_limited, rollup_error, hang, drop …), ok afterwards.
import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'

const STATUSES = {
  ok: 200,
  moved: 302,
  invalid_payload: 400,
  invalid_blocks: 400,
  invalid_attachments: 400,
  no_text: 400,
  action_prohibited: 403,
  channel_not_found: 404,
  no_service: 404,
  channel_is_archived: 410,
  rate_limited: 429,
  rollup_error: 500,
  unavailable: 503,
} as const

/** What the stand-in does with one request: an answer of Slack's, none at all, or a connection that breaks off. */
export type SlackAnswer =
  | keyof typeof STATUSES
  | 'hang'
  | 'drop'
  /** 429 with this Retry-After: seconds, or an HTTP date. */
  | { readonly retryAfter: number | string }

/** One request, and what was answered. Only those answered `ok` would show in the channel. */
export interface SlackRequest {
  readonly answer: string
  readonly payload: unknown
}

export interface SlackStandIn {
  /** For SLACK_WEBHOOK_URL. */
  readonly url: string
  /** All requests, in order. */
  readonly requests: readonly SlackRequest[]
  /** The texts of the messages that the channel shows. */
  texts(): readonly string[]
  /** Says how to answer the next requests; after these, and before any call, it is `ok`. */
  answer(...answers: readonly SlackAnswer[]): void
  close(): Promise<void>
}

const PATH = '/services/T00000000/B00000000/stand-in'
const BODY_LIMIT = 1_000_000

/**
 * Starts a server on 127.0.0.1 that answers as Slack's incoming webhooks do, also to messages that Slack would refuse.
 *
 *     const slack = await startSlackStandIn()
 *     slack.answer({ retryAfter: 2 }, 'ok')
 */
export async function startSlackStandIn(
  options: { readonly port?: number; readonly onRequest?: (request: SlackRequest) => void } = {},
): Promise<SlackStandIn> {
  const requests: SlackRequest[] = []
  const script: SlackAnswer[] = []
  const server = createServer(async (request, response) => {
    const payload = parse(await bodyOf(request))
    const fault = request.url !== PATH ? 'no_service' : faultOf(request, payload)
    const answer = fault ?? script.shift() ?? 'ok'
    const told = {
      answer: typeof answer === 'object' ? `rate_limited ${answer.retryAfter}` : answer,
      payload,
    }
    requests.push(told)
    options.onRequest?.(told)
    give(answer, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    requests,
    texts: () => requests.filter(({ answer }) => answer === 'ok').map(({ payload }) => textOf(payload)),
    answer: (...answers) => void script.push(...answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function give(answer: SlackAnswer, request: IncomingMessage, response: ServerResponse): void {
  if (answer === 'hang') return
  if (answer === 'drop') {
    request.socket.destroy()
  } else if (typeof answer === 'object') {
    response.writeHead(429, { 'retry-after': String(answer.retryAfter) }).end('rate_limited')
  } else {
    const headers =
      answer === 'moved' ? { location: PATH } : answer === 'rate_limited' ? { 'retry-after': '1' } : {}
    response.writeHead(STATUSES[answer], { 'content-type': 'text/html', ...headers }).end(answer)
  }
}

function faultOf(request: IncomingMessage, payload: unknown): keyof typeof STATUSES | undefined {
  return request.method === 'POST' ? messageFault(payload) : 'invalid_payload'
}

/** What Slack refuses in a message, as far as it is documented. */
export function messageFault(
  payload: unknown,
): 'invalid_payload' | 'invalid_blocks' | 'invalid_attachments' | 'no_text' | undefined {
  if (!isObject(payload)) return 'invalid_payload'
  const { text = '', blocks = [], attachments = [] } = payload
  if (typeof text !== 'string' || text.length > 40_000) return 'invalid_payload'
  if (!areBlocks(blocks)) return 'invalid_blocks'
  if (!Array.isArray(attachments) || attachments.length > 100) return 'invalid_attachments'
  if (!attachments.every((each) => isObject(each) && areBlocks(each.blocks ?? [])))
    return 'invalid_attachments'
  return text === '' && blocks.length === 0 && attachments.length === 0 ? 'no_text' : undefined
}

function areBlocks(blocks: unknown): blocks is readonly unknown[] {
  return Array.isArray(blocks) && blocks.length <= 50 && blocks.every(isBlock)
}

function isBlock(block: unknown): boolean {
  if (!isObject(block)) return false
  const { type, text, fields, elements } = block
  if (type === 'context') return isTexts(elements, 10, 3_000)
  if (type !== 'section' || (text === undefined && fields === undefined)) return false
  return (text === undefined || isText(text, 3_000)) && (fields === undefined || isTexts(fields, 10, 2_000))
}

function isTexts(texts: unknown, count: number, length: number): boolean {
  return (
    Array.isArray(texts) &&
    texts.length > 0 &&
    texts.length <= count &&
    texts.every((each) => isText(each, length))
  )
}

function isText(value: unknown, length: number): boolean {
  if (!isObject(value) || typeof value.text !== 'string') return false
  const kind = value.type === 'mrkdwn' || value.type === 'plain_text'
  return kind && value.text.length > 0 && value.text.length <= length
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The body of a request; empty where it is beyond a megabyte. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= BODY_LIMIT) chunks.push(chunk)
  }
  return length > BODY_LIMIT ? '' : Buffer.concat(chunks).toString()
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function textOf(payload: unknown): string {
  return isObject(payload) && typeof payload.text === 'string' ? payload.text : ''
}

function isAnswer(name: string): name is keyof typeof STATUSES | 'hang' | 'drop' {
  return name in STATUSES || name === 'hang' || name === 'drop'
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      record: { type: 'string' },
      answer: { type: 'string', multiple: true, default: [] },
    },
  })
  const unknown = values.answer.find((name) => !isAnswer(name))
  if (unknown !== undefined)
    throw new Error(`--answer ${unknown}: not one of ${Object.keys(STATUSES).join(', ')}, hang, drop`)
  const slack = await startSlackStandIn({
    port: Number(values.port),
    onRequest: (request) => {
      if (values.record !== undefined) appendFileSync(values.record, `${JSON.stringify(request)}\n`)
      console.log(`${request.answer}: ${textOf(request.payload)}`)
    },
  })
  slack.answer(...values.answer.filter(isAnswer))
  console.log(slack.url)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void slack.close())
}
