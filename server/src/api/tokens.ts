import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { messageOf, WeirError } from '../errors.ts'

/** What a token permits: to look, to send events, to acknowledge, silence and forget. */
export const SCOPES = ['read', 'write', 'operate'] as const

export type Scope = (typeof SCOPES)[number]

/** A token as it is kept: not itself, but its hash. */
export interface Token {
  /** The beginning of its hash. */
  readonly id: string
  readonly name: string
  readonly scopes: readonly Scope[]
  /** In hex. */
  readonly sha256: string
  /** When it was made, in seconds since the epoch. */
  readonly made: number
}

/** The name of the file in the data directory. */
export const TOKENS_FILE = 'tokens.json'
/** How many tokens there may be. */
export const TOKENS_LIMIT = 1_000

const ID_LENGTH = 8

const schema = z.strictObject({
  version: z.literal(1),
  tokens: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        name: z.string(),
        scopes: z.array(z.enum(SCOPES)).min(1),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        made: z.number(),
      }),
    )
    .max(TOKENS_LIMIT),
})

/** The hash under which a token is kept. A token has 256 random bits: it needs no salt, and no slow hash. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Makes a token, and what is kept of it. */
export function makeToken(
  name: string,
  scopes: readonly Scope[],
  now: number,
): { readonly text: string; readonly token: Token } {
  const text = `weir_${randomBytes(32).toString('base64url')}`
  return { text, token: tokenOf(text, name, scopes, Math.floor(now / 1e6)) }
}

/** What is kept of a token whose text is known. */
export function tokenOf(text: string, name: string, scopes: readonly Scope[], made = 0): Token {
  const sha256 = hashOf(text).toString('hex')
  return { id: sha256.slice(0, ID_LENGTH), name, scopes, sha256, made }
}

/** The tokens of a file; none where it is missing. Throws WEIR_TOKENS_INVALID. */
export function readTokens(file: string): readonly Token[] {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8'))).tokens
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)
    throw new WeirError('WEIR_TOKENS_INVALID', { file, problem }, { cause: error })
  }
}

/** Writes the tokens, readable by their owner alone, in one piece. */
export function writeTokens(file: string, tokens: readonly Token[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.draft`
  writeFileSync(draft, `${JSON.stringify({ version: 1, tokens }, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
}

/** The tokens of a file as they are now: it is read again when it has changed. */
export class TokenFile {
  readonly #file: string
  readonly #log: (line: string) => void
  #seen = ''
  #tokens: readonly Token[] = []

  /** `log` hears of a file that can't be read; the tokens of before stay in force then. */
  constructor(file: string, log: (line: string) => void) {
    this.#file = file
    this.#log = log
  }

  get tokens(): readonly Token[] {
    const stat = statSync(this.#file, { throwIfNoEntry: false })
    const seen = stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`
    if (seen === this.#seen) return this.#tokens
    this.#seen = seen
    try {
      this.#tokens = readTokens(this.#file)
    } catch (error) {
      this.#log(`${messageOf(error)}; the tokens of before stay in force`)
    }
    return this.#tokens
  }
}
