import { z } from 'zod'

/** The schema as JSON Schema; of what is given (`input`), or of what becomes of it. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
  const { $schema: _, ...own } = z.toJSONSchema(schema, { io })
  return own
}
