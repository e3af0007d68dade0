import { z } from 'zod'
import type { Hub } from '../../hub.ts'
import { spellPlace } from '../../rules/place.ts'
import { placeOf } from '../../rules/rule.ts'

/** A rule that is in force, and what it did since the start. */
export const ruleSchema = z.object({
  name: z.string(),
  place: z.string().nullable().meta({ description: 'file and line' }),
  events: z.int().meta({
    description: 'events that concerned it, since the start of the hub or the last change of the rule',
  }),
  errors: z.int().meta({ description: 'failures of its callbacks' }),
  volatile: z
    .boolean()
    .meta({ description: "whether it uses operators of RxJS's own, whose state a restart loses" }),
  alerts: z.int().meta({ description: 'its open alerts' }),
  destinations: z.array(z.string()).readonly().meta({ description: 'whom it tells' }),
})

export type RuleReport = Readonly<z.infer<typeof ruleSchema>>

/** The rules, in the order of the configuration. */
export function ruleReport(hub: Hub): readonly RuleReport[] {
  const { engine, book } = hub.fold
  const open = new Map<string, number>()
  for (const { rule } of book.open) open.set(rule, (open.get(rule) ?? 0) + 1)
  return engine.runs.map(({ rule, counters }) => {
    const place = placeOf(rule)
    return {
      name: rule.name,
      place: place === undefined ? null : spellPlace(place),
      events: counters.events,
      errors: counters.errors,
      volatile: counters.volatile,
      alerts: open.get(rule.name) ?? 0,
      destinations: [...counters.targets].map(({ name }) => name),
    }
  })
}
