import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { micros } from '../clock/duration.ts'
import { windowProblem } from '../clock/window.ts'
import type { AlertOptions } from '../rules/effects.ts'
import { callerPlace } from '../rules/place.ts'
import { type StepSpec, siteOf, step } from '../rules/step.ts'
import { invalid, onlyMembers } from './parameters.ts'

/**
 * Opens, changes and closes the alert of this rule and of the keys of the `by`s around, by the state of each event:
 * a state in `ok` (default `['ok']`) closes it, `expired` makes it stale (never closes it), any other is its severity.
 * The alert book finds the changes; events pass on.
 *
 * - `summary`: what is wrong, in one line; made from the event that changed the alert.
 * - `notify`: the destinations, constants of `config/destinations.ts`. An empty list tells nobody.
 * - `runbook`: what to do; a link or a path.
 * - `unit`: what the metric is counted in, shown with it: `'%'`, `'s'`, `'B/s'`.
 * - `group`: alerts of this rule that change within `wait` (default `'5s'`) of each other are told in one message, at
 *   the latest `max` (default `'30s'`) after the first, or when there are `size` (default 10,000).
 * - `dependsOn`: while an alert of that rule (or of one of several) fires for the same host, this one is not told; it
 *   is told when that one is over and it still fires.
 * - `maintenance`: windows in which it is not told, `{ days: ['sat'], from: '02:00', to: '04:00', timeZone: 'UTC' }`;
 *   it is told afterwards if it still fires.
 * - `repeat`: told again this long after it was told last, while it fires unacknowledged. Default: never.
 * - `escalate`: `{ after: '10m', to: [boss] }`: told to these, too, when it has fired that long unacknowledged.
 * - `flapping`: when it fires `count` times (default 4) within `within` (default `'10m'`), that is told once, and then
 *   nothing until it has not changed for as long; `false`: each time is told.
 *
 * Silences, windows and dependencies hold back telling only, never the alert; whoever was told that it fires is told
 * that it is over.
 *
 * An event without a state is an error: put `severity` before it, or set the state with `map`.
 *
 * @example alert({ summary: (e) => `${e.host}: ${e.metric} % left`, notify: [ops], runbook: 'docs/runbooks/disk-full.md' })
 */
export function alert(options: AlertOptions): MonoTypeOperatorFunction<Event> {
  refuseWrong(options)
  for (const window of options.maintenance ?? []) {
    const problem = windowProblem(window)
    if (problem !== undefined) throw invalid('alert', `maintenance: ${problem}`)
  }
  for (const duration of [
    options.group?.wait,
    options.group?.max,
    options.repeat,
    options.escalate?.after,
    options.flapping === false ? undefined : options.flapping?.within,
  ]) {
    // Refuses a wrong one when the rule is loaded, not when it first fires.
    if (duration !== undefined) micros(duration)
  }
  const place = callerPlace()
  const shown = shownOf(options)
  return (source) => {
    const { engine, rule, ruleName } = siteOf<Event>('alert', source).site.scope
    for (const target of [...options.notify, ...(options.escalate?.to ?? [])]) rule.targets.add(target)
    rule.alerts.add(options)
    for (const parent of [options.dependsOn ?? []].flat()) rule.parents.add(parent.name)
    // It has a cell, without a state, so that an open alert keeps its group from leaving.
    const spec: StepSpec<Event, Event, null> = {
      init: () => null,
      shown: [shown],
      holds: (_, key) => engine.effects.isOpen(ruleName, key),
      event(state, event, context) {
        if (event.state === undefined) {
          throw new Error(
            'an event without a state: put severity() before alert(), or set the state with map()',
          )
        }
        engine.effects.alert({
          rule: ruleName,
          key: context.keys,
          state: event.state,
          event,
          options,
          incoming: engine.incoming,
          origin: context.origin,
        })
        context.emit(event)
        return state
      },
    }
    return step('alert', [], spec, place)(source)
  }
}

/** The options as an explanation shows them: destinations and rules by their names. */
function shownOf({ summary: _, notify, dependsOn, escalate, ...others }: AlertOptions): object {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
  return {
    notify: names(notify),
    ...(dependsOn === undefined ? {} : { dependsOn: names([dependsOn].flat()) }),
    ...(escalate === undefined ? {} : { escalate: { after: escalate.after, to: names(escalate.to) } }),
    ...others,
  }
}

const MEMBERS: Readonly<Record<keyof AlertOptions, true>> = {
  summary: true,
  notify: true,
  runbook: true,
  unit: true,
  ok: true,
  group: true,
  dependsOn: true,
  maintenance: true,
  repeat: true,
  escalate: true,
  flapping: true,
}

/** What types would have found, and what would be missed only when the alert first fires. */
function refuseWrong(options: AlertOptions): void {
  onlyMembers('alert', options, Object.keys(MEMBERS))
  const { summary, notify }: { readonly summary?: unknown; readonly notify?: unknown } = options
  if (typeof summary !== 'string' && typeof summary !== 'function')
    throw invalid('alert', 'summary takes a text, or a function of the event that gives one')
  if (!Array.isArray(notify)) throw invalid('alert', 'notify takes a list of destinations; [] for nobody')
  const wrong = notify.findIndex((target) => typeof target !== 'object' || target === null)
  if (wrong >= 0) {
    const problem = `notify: ${String(notify[wrong])} is no destination; make it with slack() or logOnly()`
    throw invalid('alert', problem)
  }
}
