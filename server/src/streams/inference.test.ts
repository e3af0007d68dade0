import { type OperatorFunction, pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow } from '../rules/rig.fixture.ts'
import { alert } from './alert.ts'
import { by } from './by.ts'
import { byFn } from './by-fn.ts'
import { coalesce } from './coalesce.ts'
import { coalesceWithEvent } from './coalesce-with-event.ts'
import { dual } from './dual.ts'
import * as folds from './folds/index.ts'
import { index } from './index-events.ts'
import { map } from './map.ts'
import { match } from './match.ts'
import { merge } from './merge.ts'
import { over } from './over.ts'
import { project } from './project.ts'
import { rollup } from './rollup.ts'
import { smap } from './smap.ts'
import { smapcat } from './smapcat.ts'
import { split } from './split.ts'
import { sreduce } from './sreduce.ts'
import { tag } from './tag.ts'
import { throttle } from './throttle.ts'
import { top } from './top.ts'
import { where } from './where.ts'
import { withFields } from './with-fields.ts'

const tell = alert({ summary: 'wrong', notify: [] })

/** Streams as they stand in rule files: the compiler knows each type in them without being told. */
const streams: Readonly<Record<string, OperatorFunction<Event, unknown>>> = {
  split: by(
    'host',
    split(
      [{ tagged: 'b' }, throttle(1, '1m')],
      [(event) => (event.metric ?? 0) > 4, withFields({ state: 'critical' })],
      tag('rest'),
    ),
    merge(tell),
  ),
  dual: dual({ state: 'ok' }, index(), throttle(1, '1m')),
  top: top(10, (event) => event.metric, withFields({ state: 'top' }), tag('rest')),
  project: by('host', project({ service: 'x' }, { service: 'y' }), smap(folds.quotient), over(1)),
  coalesce: pipe(coalesce('5s'), smap(folds.sum), over(3)),
  coalesceWithEvent: by(
    'service',
    coalesceWithEvent((event) => event.host),
    map(([event, all]) => ({ ...event, metric: all.length })),
  ),
  match: by(
    'host',
    match((event) => event.host, /x/),
    smap((event) => event.metric),
    map((metric) => metric.toFixed(1)),
  ),
  sreduce: by(
    'host',
    sreduce((sum, event) => ({ ...event, metric: (sum.metric ?? 0) + (event.metric ?? 0) })),
    sreduce((sum, event) => sum + (event.metric ?? 0), 0),
  ),
  byFn: byFn(['host', 'service'], (host, service) =>
    pipe(throttle(host === service ? 5 : 1, '1m'), withFields({ state: 'ok' })),
  ),
  lists: by(
    'host',
    rollup(5, '1m'),
    withFields({ state: 'ok' }),
    smapcat((events) => events),
    over(0),
  ),
  streams: (events) =>
    merge(events.pipe(split([{ state: 'x' }, tag('x')])), events.pipe(where({ state: 'y' }))),
}

test.each(Object.entries(streams))('%s', (_, stream) => {
  const failures = flow(stream, [[1, { host: 'x', service: 'x', metric: 1, state: 'ok' }]], 2).filter(
    (text) => text.startsWith('rule '),
  )
  expect(failures).toEqual([])
})
