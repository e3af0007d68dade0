import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { dirname } from 'node:path'
import { hashOf, SCOPES, type Scope, type Token, type TokenFile, tokenOf } from './tokens.ts'

/** The cookie of a page that has logged in. */
export const SESSION_COOKIE = 'weir-session'
/** How long a login holds, in seconds. */
export const SESSION_SECONDS = 12 * 3600

/** Whoever asks, by his token. */
export interface Grant {
  readonly name: string
  readonly scopes: readonly Scope[]
}

/**
 * Tells by a request's headers who asks: by `Authorization: Bearer TOKEN`, by basic authentication with the token as
 * password, or by the cookie of a login. A token that was removed is worth nothing from the next request on, and no
 * login with it either: the cookie holds no more than which token it was, until when, and a signature.
 */
export class Keyring {
  readonly #file: TokenFile
  readonly #fixed: readonly Token[]
  readonly #secret: Buffer
  readonly #now: () => number

  /** `fixed` is the text of a token for everything, as from WEIR_TOKEN; `now` gives microseconds. */
  constructor(options: {
    readonly file: TokenFile
    readonly fixed: string | undefined
    readonly secret: Buffer
    readonly now: () => number
  }) {
    this.#file = options.file
    this.#fixed = options.fixed === undefined ? [] : [tokenOf(options.fixed, 'WEIR_TOKEN', SCOPES)]
    this.#secret = options.secret
    this.#now = options.now
  }

  /** Whether nobody could be let in. */
  get isEmpty(): boolean {
    return this.#all().length === 0
  }

  /** Who asks; undefined where that can't be told. */
  grant({ authorization, cookie }: IncomingHttpHeaders): Grant | undefined {
    const text = authorization === undefined ? undefined : tokenIn(authorization)
    if (text !== undefined) return this.#tokenOf(text)
    return authorization === undefined ? this.#ofSession(cookieOf(cookie)) : undefined
  }

  /** The value of the cookie for a login with this token; undefined where it is none. */
  login(text: string): string | undefined {
    const token = this.#tokenOf(text)
    if (token === undefined) return undefined
    const until = Math.floor(this.#now() / 1e6) + SESSION_SECONDS
    return `${token.id}.${until}.${this.#sign(token, until)}`
  }

  #all(): readonly Token[] {
    return [...this.#fixed, ...this.#file.tokens]
  }

  /** Looks at all of them, whichever it is: how long that takes tells nothing. */
  #tokenOf(text: string): Token | undefined {
    const hash = hashOf(text)
    let found: Token | undefined
    for (const token of this.#all()) {
      if (timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))) found = token
    }
    return found
  }

  #ofSession(value: string | undefined): Token | undefined {
    const [, id, until, signature] = /^(\w+)\.(\d{1,12})\.([\w-]{43})$/.exec(value ?? '') ?? []
    if (id === undefined || signature === undefined || Number(until) * 1e6 < this.#now()) return undefined
    const token = this.#all().find((each) => each.id === id)
    if (token === undefined) return undefined
    const expected = this.#sign(token, Number(until))
    return timingSafeEqual(Buffer.from(signature), Buffer.from(expected)) ? token : undefined
  }

  #sign({ id, sha256 }: Token, until: number): string {
    return createHmac('sha256', this.#secret).update(`${id}.${until}.${sha256}`).digest('base64url')
  }
}

/** The secret in this file, made where it is missing; logins that it signed outlive a restart. */
export function secretIn(file: string): Buffer {
  try {
    const secret = readFileSync(file)
    if (secret.length >= 32) return secret
  } catch {
    // There is none yet.
  }
  const secret = randomBytes(32)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, secret, { mode: 0o600 })
  } catch {
    // On a disk that takes nothing, logins end with the process.
  }
  return secret
}

function tokenIn(authorization: string): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (bearer !== undefined) return bearer
  const basic = /^Basic +(\S+)$/i.exec(authorization)?.[1]
  if (basic === undefined) return undefined
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined
}

function cookieOf(cookies = ''): string | undefined {
  for (const cookie of cookies.split(';')) {
    const [name, value] = cookie.split('=', 2)
    if (name?.trim() === SESSION_COOKIE) return value?.trim()
  }
  return undefined
}
