import { index, rule } from 'weir-hub'

/** Everything that comes in stands in the index until its ttl runs out. */
export const indexAll = rule('index', { stream: index() })
