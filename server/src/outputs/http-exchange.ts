import { messageOf } from '../errors.ts'
import { deliveryOf, type HttpAnswer } from './http-status.ts'
import type { Delivery, DeliveryIo } from './notification.ts'

const BODY_LENGTH = 1_000

/** What our destinations and the client libraries of some ask for. */
export interface HttpRequest {
  method?: string
  headers?: Record<string, string>
  body?: string | FormData
}

/** An answer whose body was read, as far as it is wanted. */
export interface HttpReading {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: Headers
  text(): Promise<string>
  json(): Promise<unknown>
  arrayBuffer(): Promise<ArrayBuffer>
}

/**
 * The requests of one attempt. It follows no redirect, reads at most the beginning of an answer (1,000 characters
 * unless told otherwise), and keeps the last answer: client libraries throw away what it says beyond its status.
 *
 *     const http = new HttpExchange(io, { secrets: [url.pathname] })
 *     try {
 *       await new SomeClient({ fetch: http.fetch }).send(message)
 *       return { kind: 'sent' }
 *     } catch (thrown) {
 *       return http.outcome(thrown)
 *     }
 */
export class HttpExchange {
  /** The answer to the last request, if there was one. */
  answer: HttpAnswer | undefined
  readonly #io: DeliveryIo
  readonly #secrets: readonly string[]
  readonly #length: number

  /** What may tell one of the `secrets` has `…` in its place. */
  constructor(
    io: DeliveryIo,
    options: { readonly secrets?: readonly string[]; readonly length?: number } = {},
  ) {
    this.#io = io
    this.#secrets = options.secrets ?? []
    this.#length = options.length ?? BODY_LENGTH
  }

  readonly fetch = async (address: string | URL, request: HttpRequest = {}): Promise<HttpReading> => {
    const { method = 'POST', headers = {}, body } = request
    const { signal } = this.#io
    this.answer = undefined
    const response = await this.#io.fetch(address, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    })
    const { ok, status, statusText } = response
    this.answer = { status, headers: response.headers, body: '' }
    const text = await beginning(response, this.#length)
    this.answer = { ...this.answer, body: text }
    const read = new Response(text)
    return {
      ok,
      status,
      statusText,
      url: '',
      headers: response.headers,
      text: () => read.text(),
      json: () => read.json(),
      arrayBuffer: () => read.arrayBuffer(),
    }
  }

  /** What the attempt came to: by its answer, or, where there was none, by what was thrown. */
  outcome(thrown?: unknown): Delivery {
    const delivery: Delivery =
      this.answer === undefined
        ? { kind: 'retry', reason: reasonOf(thrown, this.#io.signal) }
        : deliveryOf(this.answer, this.#io.now())
    return 'reason' in delivery ? { ...delivery, reason: this.#withoutSecrets(delivery.reason) } : delivery
  }

  #withoutSecrets(text: string): string {
    return this.#secrets.reduce((left, secret) => (secret === '' ? left : left.replaceAll(secret, '…')), text)
  }
}

async function beginning(response: Response, length: number): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length >= length) break
  }
  return text.slice(0, length)
}

/** What lies at the bottom of an error of fetch: `connect ECONNREFUSED …` rather than `fetch failed`. */
function reasonOf(thrown: unknown, signal: AbortSignal): string {
  if (signal.aborted) return messageOf(signal.reason)
  let deepest = thrown
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause
  return messageOf(deepest)
}
