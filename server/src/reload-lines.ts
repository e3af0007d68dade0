import type { ReloadReport } from './reload-report.ts'
import { volatileLine } from './rules/volatile.ts'

/** What a change of the rules did, for people, a line each, such as `reload: rule 'disk full' is new`. */
export function reloadLines(
  { added, removed, changed, unchanged, volatile }: ReloadReport,
  cause: string,
): readonly string[] {
  const lines = [
    ...added.map((rule) => `rule '${rule}' is new`),
    ...removed.map((rule) => `rule '${rule}' is gone; its alerts are closed`),
    ...changed.map(({ rule, reset, closed }) =>
      [
        `rule '${rule}' changed`,
        reset === 0
          ? 'all its states were carried over'
          : plural(reset, 'operator starts', 'operators start', 'anew'),
        ...(closed === 0 ? [] : [plural(closed, 'alert', 'alerts', 'with its former keys closed')]),
      ].join('; '),
    ),
    ...(unchanged.length === 0
      ? []
      : [plural(unchanged.length, 'rule is unchanged and runs on', 'rules are unchanged and run on')]),
    ...volatile.map(volatileLine),
  ]
  return (lines.length === 0 ? ['there are no rules'] : lines).map((line) => `${cause}: ${line}`)
}

/** Whether a report tells of anything but rules that are unchanged. */
export function hasChanged({ added, removed, changed }: ReloadReport): boolean {
  return added.length + removed.length + changed.length > 0
}

function plural(count: number, one: string, many: string, rest = ''): string {
  return `${count} ${count === 1 ? one : many} ${rest}`.trimEnd()
}
