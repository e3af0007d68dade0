import { type Duration, micros } from '../clock/duration.ts'
import type { TimeWindow } from '../clock/window.ts'
import type { AlertOptions } from '../rules/effects.ts'

/** How an alert is told, as plain data; durations in microseconds. It stands in the alert and in checkpoints. */
export interface AlertPolicy {
  readonly notify: readonly string[]
  readonly runbook: string | undefined
  readonly unit: string | undefined
  readonly group: { readonly wait: number; readonly max: number; readonly size: number }
  /** Rules whose alert of the same host makes this one go without being told. */
  readonly dependsOn: readonly string[]
  readonly maintenance: readonly TimeWindow[]
  readonly repeat: number | undefined
  readonly escalate: { readonly after: number; readonly to: readonly string[] } | undefined
  readonly flapping: { readonly count: number; readonly within: number } | undefined
}

const WAIT: Duration = '5s'
const MAX: Duration = '30s'
const SIZE = 10_000
const FLAPPING = { count: 4, within: '10m' } as const

const known = new WeakMap<AlertOptions, AlertPolicy>()

/** The options of an `alert()` as data, made once. Throws WEIR_DURATION_INVALID. */
export function policyOf(options: AlertOptions): AlertPolicy {
  const made = known.get(options)
  if (made !== undefined) return made
  const { group, escalate, flapping = FLAPPING } = options
  const policy: AlertPolicy = {
    notify: options.notify.map(({ name }) => name),
    runbook: options.runbook,
    unit: options.unit,
    group: { wait: micros(group?.wait ?? WAIT), max: micros(group?.max ?? MAX), size: group?.size ?? SIZE },
    dependsOn: (options.dependsOn === undefined ? [] : [options.dependsOn].flat()).map(({ name }) => name),
    maintenance: options.maintenance ?? [],
    repeat: options.repeat === undefined ? undefined : micros(options.repeat),
    escalate:
      escalate === undefined
        ? undefined
        : { after: micros(escalate.after), to: escalate.to.map(({ name }) => name) },
    flapping: flapping === false ? undefined : { count: flapping.count, within: micros(flapping.within) },
  }
  known.set(options, policy)
  return policy
}
