import type { Alert } from './alert.ts'
import { ByHost } from './by-host.ts'

/** Which alerts fire, by rule and the host of their last event: what others that depend on them ask. */
export class Firing {
  readonly #byRule = new Map<string, ByHost>()

  /** Notes whether and for which host it fires; gives the host for which it did and does not any more, if any. */
  note({ rule, id, status, event }: Alert): readonly (string | undefined)[] {
    const firing = this.#byRule.get(rule) ?? new ByHost()
    const before = firing.has(id) ? [firing.hostOf(id)] : []
    if (status === 'firing') firing.set(id, event.host)
    else firing.delete(id)
    if (firing.size > 0) this.#byRule.set(rule, firing)
    else this.#byRule.delete(rule)
    return before.filter((host) => status !== 'firing' || host !== event.host)
  }

  /** The id of the alert of this rule that has fired longest for this host, since it last changed. */
  first(rule: string, host: string | undefined): string | undefined {
    return this.#byRule.get(rule)?.first(host)
  }

  /** The ids of all, those of a rule in the order in which they last changed. */
  all(): readonly string[] {
    return [...this.#byRule.values()].flatMap((firing) => firing.all())
  }
}
