import { pipe, tap } from 'rxjs'
import { expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { map } from '../streams/map.ts'
import { merge } from '../streams/merge.ts'
import { movingEventWindow } from '../streams/moving-event-window.ts'
import { movingTimeWindow } from '../streams/moving-time-window.ts'
import { rollup } from '../streams/rollup.ts'
import { severity } from '../streams/severity.ts'
import { tagged } from '../streams/tagged.ts'
import { below } from '../streams/threshold.ts'
import { throttle } from '../streams/throttle.ts'
import { where } from '../streams/where.ts'
import { explainRules } from './explain.ts'
import { rule } from './rule.ts'

const ops = { name: 'ops' }
const disk = rule('disk', {
  match: { service: 'disk' },
  stream: by(
    'host',
    severity({ critical: below(5) }, { for: '60s' }),
    alert({ summary: 'full', notify: [] }),
  ),
})
const event = (host: string, metric: number) =>
  makeEvent({ host, service: 'disk', metric, time: 0, ttl: 3600 })

function playing(): Fold {
  const fold = new Fold({
    rules: [
      disk,
      rule('other', { match: { service: 'cpu' }, stream: by('host', alert({ summary: '', notify: [] })) }),
    ],
    name: 'hub',
    report: () => {},
  })
  fold.begin(1)
  fold.advance(10 * SECOND)
  fold.events([event('a', 3)])
  return fold
}

test('the rules that an event concerns, what their operators hold for it, and until when they wait', () => {
  const fold = playing()
  const [explained, ...more] = explainRules(fold.engine, event('a', 0))
  expect(more).toEqual([])
  expect(explained?.rule).toBe('disk')
  expect(explained?.steps.map(({ operator, due }) => [operator, due])).toEqual([
    ['by(host)', null],
    ['severity', 70 * SECOND],
    ['alert', null],
  ])
  expect(explained?.steps[1]).toMatchObject({
    state: expect.stringContaining('"last":"an event"'),
    events: [{ metric: 3 }],
  })
})

test('asking changes nothing: a host that was never heard gets no group', () => {
  const fold = playing()
  expect(explainRules(fold.engine, event('b', 0))[0]?.steps.map(({ operator }) => operator)).toEqual([
    'by(host)',
  ])
  expect(fold.engine.counters.groups).toBe(1)
})

test.each([
  ['movingEventWindow', movingEventWindow<Event>(3)],
  ['movingTimeWindow', movingTimeWindow('3s')],
])('of %s only what is in it now is shown, though more may be kept', (_, window) => {
  const stream = pipe(
    window,
    map((list) => makeEvent({ time: 0, state: list.length === 3 ? 'critical' : 'ok' })),
    alert({ summary: 'full', notify: [] }),
  )
  const fold = new Fold({ rules: [rule('window', { stream })], name: 'hub', report: () => {} })
  const shown = Array.from({ length: 9 }, (_, n) => {
    fold.begin(n + 1)
    fold.events([makeEvent({ metric: n, time: (n + 1) * SECOND })])
    const [explained] = explainRules(fold.engine, event('a', 0))
    return explained?.steps[0]?.events.map(({ metric }) => metric)
  })
  expect(shown.slice(2)).toEqual([2, 3, 4, 5, 6, 7, 8].map((n) => [n - 2, n - 1, n]))
})

test('an alert keeps what it was fired by: the event, and the way with the states of then', () => {
  const fold = playing()
  fold.begin(2)
  fold.advance(69 * SECOND)
  fold.events([event('a', 4)])
  fold.begin(3)
  fold.advance(70 * SECOND)
  fold.begin(4)
  fold.events([event('a', 1)])
  const [open] = fold.book.open
  expect([open?.cause.event.metric, open?.cause.incoming]).toEqual([4, null])
  expect(open?.cause.path.map(({ operator }) => operator)).toEqual(['by(host)', 'severity', 'alert'])
  const [, severities] = open?.cause.path ?? []
  expect(severities?.state).toContain('"said":0,"rank":2')
  // The one since which it was too little, and the last one.
  expect(severities?.events.map(({ metric }) => metric)).toEqual([3, 4])
})

const busy = (event: Event) => (event.metric ?? 0) > 1

/** All kinds of operators, two branches of the same name, and groups within groups. */
const everything = rule('everything', {
  match: { service: 'load' },
  stream: pipe(
    tagged('prod'),
    map((event) => ({ ...event, metric: (event.metric ?? 0) * 2 })),
    merge(
      pipe(where({ host: 'a' }), by('host', throttle(1, '10s'))),
      pipe(
        where(busy),
        by('host', by('service', rollup(1, '10s'), map(worst), alert({ summary: 's', notify: [ops] }))),
      ),
    ),
  ),
})
function worst(events: readonly Event[]): Event {
  return { ...makeEvent({ time: 0 }), ...events.at(-1), state: `${events.length}` }
}

test('the way has every operator, also those that keep nothing, with parameters, file and line; and no other branch', () => {
  const fold = new Fold({ rules: [everything], name: 'hub', report: () => {} })
  const load = (metric: number) =>
    makeEvent({ host: 'a', service: 'load', metric, time: 0, tags: ['prod'], ttl: 3600 })
  fold.begin(1)
  fold.events([load(5)])
  const way = () =>
    [...fold.book.open][0]?.cause.path.map(({ operator, params, events }) => [
      operator,
      params,
      events.map(({ metric }) => metric),
    ])
  const path = [
    ['tagged', '"prod"', []],
    ['map', '(event) => ({ ...event, metric: (event.metric ?? 0) * 2 })', []],
    ['where', '(event) => (event.metric ?? 0) > 1', []],
    ['by(host)', '', []],
    ['by(service)', '', []],
    ['rollup', '1, "10s", {}', []],
    ['map', expect.stringMatching(/^function worst\(events\)/), []],
    ['alert', '{"notify":["ops"]}', []],
  ]
  expect(way()).toEqual(path)
  const [open] = fold.book.open
  expect([open?.cause.incoming?.metric, open?.cause.event.metric]).toEqual([5, 10])
  expect(open?.cause.path.every(({ place }) => /rules\/explain\.test\.ts:\d+$/.test(place ?? ''))).toBe(true)
  expect(explainRules(fold.engine, load(1))[0]?.steps.map(({ operator }) => operator)).toEqual([
    ...[
      'tagged',
      'map',
      'where',
      'by(host)',
      'throttle',
      'where',
      'by(host)',
      'by(service)',
      'rollup',
      'map',
      'alert',
    ],
  ])

  fold.begin(2)
  fold.events([load(6), load(7)])
  fold.begin(3)
  fold.advance(20 * SECOND)
  // The window that ended held these.
  expect(way()).toEqual(path.with(5, ['rollup', '1, "10s", {}', [12, 14]]))
})

test.each(['shared', 'separate'])(
  'the way is the same with one pipeline for all keys and with one per key: %s',
  (form) => {
    const fold = new Fold({
      rules: [everything],
      name: 'hub',
      report: () => {},
      separate: form === 'separate',
    })
    fold.begin(1)
    fold.events([makeEvent({ host: 'a', service: 'load', metric: 5, time: 0, tags: ['prod'] })])
    expect([...fold.book.open][0]?.cause.path.map(({ operator }) => operator)).toEqual([
      ...['tagged', 'map', 'where', 'by(host)', 'by(service)', 'rollup', 'map', 'alert'],
    ])
  },
)

test("an operator of RxJS's own stands in the way without more", () => {
  const fold = new Fold({
    rules: [
      rule('r', {
        stream: pipe(
          tap(() => {}),
          alert({ summary: 's', notify: [] }),
        ),
      }),
    ],
    name: 'hub',
    report: () => {},
  })
  fold.begin(1)
  fold.events([makeEvent({ state: 'bad', time: 0 })])
  expect([...fold.book.open][0]?.cause.path).toMatchObject([
    { operator: 'rxjs', params: '', place: null, state: null },
    { operator: 'alert' },
  ])
})
