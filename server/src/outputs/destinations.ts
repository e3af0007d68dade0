import { WeirError } from '../errors.ts'
import type { Destination } from './notification.ts'

/**
 * The destinations among what rules name in `notify`, each with the first rule that names it. Throws
 * WEIR_RULE_INVALID where one is no destination, or where two share a name.
 */
export function destinationsOf(targets: Iterable<readonly [target: unknown, rule: string]>): Destination[] {
  const byName = new Map<string, Destination>()
  for (const [target, rule] of targets) {
    if (!isDestination(target)) {
      const problem = `notify: ${nameOf(target)} is no destination; make it with slack() or logOnly()`
      throw new WeirError('WEIR_RULE_INVALID', { rule, problem })
    }
    const known = byName.get(target.name)
    if (known !== undefined && known !== target) {
      const problem = `notify: there are two destinations named '${target.name}'; give one another name`
      throw new WeirError('WEIR_RULE_INVALID', { rule, problem })
    }
    byName.set(target.name, target)
  }
  return [...byName.values()]
}

function isDestination(target: unknown): target is Destination {
  return (
    typeof target === 'object' &&
    target !== null &&
    'name' in target &&
    typeof target.name === 'string' &&
    'deliver' in target &&
    typeof target.deliver === 'function'
  )
}

function nameOf(target: unknown): string {
  return typeof target === 'object' && target !== null && 'name' in target
    ? `'${target.name}'`
    : String(target)
}
