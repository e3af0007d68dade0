import { z } from 'zod'
import type { Command } from '../../command.ts'
import type { Hub } from '../../hub.ts'
import { Refused } from './endpoint.ts'

/** What the hub says of a command that it has done. */
export const doneSchema = z.object({
  ok: z.literal(true),
  said: z.string().meta({ description: 'a sentence about what was done' }),
  id: z.string().optional().meta({ description: 'the id of what was made' }),
})

const STATUS = { invalid: 400, unknown: 404, full: 409 } as const

/** Has the hub do what a person says; throws Refused where it does not. */
export async function command(hub: Hub, given: Command): Promise<z.infer<typeof doneSchema>> {
  const outcome = await hub.command(given)
  if (outcome.ok) return outcome
  throw new Refused(outcome.because === undefined ? 503 : STATUS[outcome.because], outcome.error)
}
