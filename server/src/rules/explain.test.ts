import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { severity } from '../streams/severity.ts'
import { below } from '../streams/threshold.ts'
import { explainRules } from './explain.ts'
import { rule } from './rule.ts'

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
  expect(explained?.steps[1]?.state).toContain('"metric":3')
})

test('asking changes nothing: a host that was never heard gets no group', () => {
  const fold = playing()
  expect(explainRules(fold.engine, event('b', 0))[0]?.steps.map(({ operator }) => operator)).toEqual([
    'by(host)',
  ])
  expect(fold.engine.counters.groups).toBe(1)
})

test('an alert keeps what it was fired by: the event, and the way with the states of then', () => {
  const fold = playing()
  fold.begin(2)
  fold.advance(70 * SECOND)
  fold.begin(3)
  fold.events([event('a', 1)])
  const [open] = fold.book.open
  expect(open?.cause.event.metric).toBe(3)
  expect(open?.cause.path.map(({ operator }) => operator)).toEqual(['by(host)', 'severity', 'alert'])
  expect(open?.cause.path[1]?.state).toContain('"metric":3')
})
