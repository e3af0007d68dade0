import type { Event } from 'weir-protocol'
import type { Value } from './ast.ts'

/** What a value of a query is for an event. An absent field and nil are both undefined. */
export type Scalar = string | number | boolean | readonly string[] | undefined

export type ValueOf = (event: Event) => Scalar

/** The value as a function of the event. */
export function compileValue(value: Value): ValueOf {
  if (value.kind === 'field') return fieldOf(value.name)
  const literal = literalOf(value)
  return () => literal
}

/** A literal as events hold such things: integers beyond 2^53 are rounded, as metrics are. */
export function literalOf(value: Exclude<Value, { readonly kind: 'field' }>): Scalar {
  switch (value.kind) {
    case 'text':
      return value.text
    case 'integer':
      return Number(value.value)
    case 'float':
      return value.value
    case 'constant':
      return value.value ?? undefined
  }
}

/** A field by its name: time is in seconds, no tags are nil, whatever is no field of every event is an attribute. */
export function fieldOf(name: string): ValueOf {
  switch (name) {
    case 'host':
      return (event) => event.host
    case 'service':
      return (event) => event.service
    case 'state':
      return (event) => event.state
    case 'description':
      return (event) => event.description
    case 'metric':
      return (event) => event.metric
    case 'ttl':
      return (event) => event.ttl
    case 'time':
      return (event) => event.time / 1e6
    case 'tags':
      return (event) => (event.tags.length === 0 ? undefined : event.tags)
    default:
      return (event) => event.attributes[name]
  }
}
