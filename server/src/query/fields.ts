import type { Predicate, Value } from './ast.ts'

/** The fields that a predicate looks at; `tagged` looks at `tags`. */
export function fieldsOf(predicate: Predicate): ReadonlySet<string> {
  const fields = new Set<string>()
  collect(predicate, fields)
  return fields
}

function collect(predicate: Predicate, fields: Set<string>): void {
  const add = (value: Value) => {
    if (value.kind === 'field') fields.add(value.name)
  }
  switch (predicate.kind) {
    case 'and':
    case 'or':
      for (const term of predicate.terms) collect(term, fields)
      return
    case 'not':
      collect(predicate.term, fields)
      return
    case 'tagged':
      fields.add('tags')
      return
    case 'equality':
    case 'ordering':
      add(predicate.left)
      add(predicate.right)
      return
    case 'like':
    case 'regex':
      add(predicate.left)
      return
    case 'value':
      add(predicate.value)
  }
}
