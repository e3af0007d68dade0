import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createClient } from '../client.ts'
import type { EventInput } from '../event-input.ts'
import type { ClientOptions } from '../options.ts'
import type { Sender } from './sender.ts'

export interface LogOptions {
  /** The lowest level that is told: pino's names or numbers. Default: `error`. */
  readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | number | undefined
  /** Default: `log`. */
  readonly service?: string | undefined
  /** What else the events have. Default: a ttl of 300. */
  readonly event?: EventInput | undefined
}

const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** The longest line that is looked at, and the longest description, in characters. */
const MAX_LINE = 1024 * 1024
const MAX_DESCRIPTION = 8192

/**
 * A pino transport that tells the hub of errors.
 *
 * @example
 * const log = pino({ transport: { target: 'weir-client/pino', options: { host: 'hub.example', level: 'error' } } })
 */
export default function transport(options: ClientOptions & LogOptions = {}): Writable {
  const client = createClient({ batch: true, ...options })
  return logStream(client, options, () => client.close())
}

/**
 * A stream that takes pino's lines and sends those of a level to the hub, for a logger in this thread. It never fails: a
 * line that is not pino's is passed over.
 *
 * @param end Called when the stream ends; its promise is waited for.
 * @example
 * const log = pino({}, pino.multistream([{ stream: process.stdout }, { level: 'error', stream: logStream(client) }]))
 */
export function logStream(
  client: Sender,
  options: LogOptions = {},
  end: () => Promise<void> = async () => {},
): Writable {
  const { level = 'error', service = 'log', event } = options
  const lowest = typeof level === 'number' ? level : LEVELS[level]
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const take = (line: string) => {
    const entry = parse(line)
    if (entry === undefined || !(Number(entry.level) >= lowest)) return
    void client.send({ ...eventOf(entry, service), ...event })
  }
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _, done) {
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      // Such a line is no log entry.
      if (rest.length > MAX_LINE) rest = ''
      for (const line of lines) take(line)
      done()
    },
    final(done) {
      take(rest)
      end().then(() => done(), done)
    },
  })
}

/** A line of pino's, as far as it is used. */
interface Entry {
  readonly level?: unknown
  readonly time?: unknown
  readonly msg?: unknown
  readonly name?: unknown
  readonly err?: unknown
}

function parse(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null ? entry : undefined
  } catch {
    return undefined
  }
}

function eventOf({ level, time, msg, name, err }: Entry, service: string): EventInput {
  const error: { type?: unknown; message?: unknown; stack?: unknown } =
    typeof err === 'object' && err !== null ? err : {}
  const text = [msg, error.stack ?? error.message].filter((part) => typeof part === 'string').join('\n')
  return {
    service: typeof name === 'string' ? `${service}/${name}` : service,
    state: Number(level) >= LEVELS.error ? 'critical' : Number(level) >= LEVELS.warn ? 'warning' : 'ok',
    description: text.slice(0, MAX_DESCRIPTION),
    ttl: 300,
    tags: ['log'],
    attributes: {
      level: nameOf(Number(level)),
      ...(typeof error.type === 'string' ? { error: error.type } : {}),
    },
    ...(typeof time === 'number' && Number.isInteger(time) ? { time: time * 1000 } : {}),
  }
}

function nameOf(level: number): string {
  return Object.entries(LEVELS).find(([, number]) => number === level)?.[0] ?? String(level)
}
