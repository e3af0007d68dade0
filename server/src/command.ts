import { z } from 'zod'
import { SILENCE_LIMIT } from './alerts/silence.ts'
import { type Duration, micros } from './clock/duration.ts'
import { beginDrill, endDrill } from './drill.ts'
import type { Fold } from './fold.ts'

const text = z.string().min(1).max(1000)
const pattern = z.string().min(1).max(1000).optional()
/** How long: `'2h'`; without it, until it is over. */
const howLong = z
  .string()
  .refine(isDuration, "is not a duration; write '30m', '2h', '1d'")
  .transform((value) => micros(value))
  .optional()

function isDuration(value: string): value is Extract<Duration, string> {
  try {
    micros(value as Duration)
    return true
  } catch {
    return false
  }
}

/** What people tell the hub to do. It is journaled and done again in a replay, so it holds all that it needs. */
export const commandSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('forget'), host: z.string(), service: z.string().optional() }),
  z.strictObject({ do: z.literal('acknowledge'), alert: text, who: text, why: text, for: howLong }),
  z.strictObject({ do: z.literal('unacknowledge'), alert: text, who: text.optional(), why: text.optional() }),
  z.strictObject({
    do: z.literal('silence'),
    match: z
      .strictObject({ rule: pattern, host: pattern, service: pattern, severity: pattern })
      .refine((match) => Object.values(match).some((value) => value !== undefined), {
        error:
          'says nothing: name a rule, a host, a service or a severity; * stands for any run of characters',
      }),
    who: text,
    why: text,
    for: howLong,
  }),
  z.strictObject({
    do: z.literal('unsilence'),
    silence: text,
    who: text.optional(),
    why: text.optional(),
  }),
  z.strictObject({ do: z.literal('drill'), rule: text, host: text, who: text }),
  z.strictObject({ do: z.literal('end drill'), rule: text, host: text }),
])

/** A command as a person or program gives it. */
export type Command = z.input<typeof commandSchema>

/**
 * What came of a command: done, with a sentence and, where something was made, its id; or not, and why: what it names is
 * `unknown`, there is no room (`full`), it is no command (`invalid`), or else the hub could not record it.
 */
export type CommandOutcome =
  | { readonly ok: true; readonly said: string; readonly id?: string }
  | { readonly ok: false; readonly error: string; readonly because?: 'unknown' | 'full' | 'invalid' }

/** Why this is no command, in one line, or undefined. */
export function commandProblem(command: unknown): string | undefined {
  const checked = commandSchema.safeParse(command)
  if (checked.success) return undefined
  return checked.error.issues
    .map(({ path, message }) => `${path.join('.') || 'the command'}: ${message}`)
    .join('; ')
}

/** Does a command, at the present of the fold's clock. */
export function doCommand(fold: Fold, input: Command): CommandOutcome {
  const command = commandSchema.parse(input)
  const { now } = fold.clock
  const until = 'for' in command && command.for !== undefined ? now + command.for : undefined
  switch (command.do) {
    case 'forget': {
      const gone = fold.forget(command.host, command.service)
      return { ok: true, said: `forgotten: ${gone} entries of ${command.host} left the index` }
    }
    case 'acknowledge': {
      const { alert, who, why } = command
      const open = fold.book.acknowledge(alert, { who, why, at: now, until })
      return open
        ? { ok: true, said: `acknowledged by ${who}` }
        : { ok: false, because: 'unknown', error: `no alert '${alert}' is open` }
    }
    case 'unacknowledge': {
      const open = fold.book.acknowledge(command.alert, undefined, byText(command))
      return open
        ? { ok: true, said: 'not acknowledged any more' }
        : { ok: false, because: 'unknown', error: `no alert '${command.alert}' is open` }
    }
    case 'silence': {
      const { match, who, why } = command
      if (fold.book.telling.silences.size >= SILENCE_LIMIT) {
        return {
          ok: false,
          because: 'full',
          error: `there are ${SILENCE_LIMIT} silences already; end some first`,
        }
      }
      const id = fold.book.silence({ match, who, why, until })
      return { ok: true, said: until === undefined ? 'silenced until it is resolved' : 'silenced', id }
    }
    case 'drill': {
      const { rule, host, who } = command
      const alert = beginDrill(fold, rule, host, who)
      if (alert === undefined) {
        const rules = fold.engine.rules.filter(({ alerts }) => alerts.size > 0).map(({ name }) => `'${name}'`)
        return {
          ok: false,
          error: `there is no rule '${rule}' with an alert; there are ${rules.join(', ') || 'none'}`,
        }
      }
      return { ok: true, said: `the drill of '${rule}' on ${host} fires`, id: alert.id }
    }
    case 'end drill': {
      const { rule, host } = command
      return endDrill(fold, rule, host)
        ? { ok: true, said: 'the drill is over' }
        : { ok: false, error: `there is no drill of '${rule}' on ${host}` }
    }
    case 'unsilence': {
      const ended = fold.book.telling.unsilence(command.silence, byText(command))
      return ended
        ? { ok: true, said: 'the silence is over' }
        : { ok: false, because: 'unknown', error: `there is no silence '${command.silence}'` }
    }
  }
}

/** `kim: done early`; as much of it as is there. */
function byText({
  who,
  why,
}: {
  readonly who?: string | undefined
  readonly why?: string | undefined
}): string {
  return [who, why].filter((part) => part !== undefined).join(': ')
}
