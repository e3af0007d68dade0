import type { Event } from 'weir-protocol'
import { apdex } from '../../../server/src/streams/apdex.ts'
import { clockSkew } from '../../../server/src/streams/clock-skew.ts'
import { counter } from '../../../server/src/streams/counter.ts'
import { ddtEvents } from '../../../server/src/streams/ddt-events.ts'
import { ddtReal } from '../../../server/src/streams/ddt-real.ts'
import { ewma } from '../../../server/src/streams/ewma.ts'
import { ewmaTimeless } from '../../../server/src/streams/ewma-timeless.ts'
import { foldInterval } from '../../../server/src/streams/fold-interval.ts'
import { foldIntervalMetric } from '../../../server/src/streams/fold-interval-metric.ts'
import { meanOverTime } from '../../../server/src/streams/mean-over-time.ts'
import { percentiles } from '../../../server/src/streams/percentiles.ts'
import { predictLinear } from '../../../server/src/streams/predict-linear.ts'
import { rate } from '../../../server/src/streams/rate.ts'
import { sumOverTime } from '../../../server/src/streams/sum-over-time.ts'
import { withTimelessNothing } from './copies.ts'
import { evaluate, truthy } from './expressions.ts'
import { type Node, type Op, ofEvents, type Vocabulary } from './node.ts'
import { pointsOf } from './points.ts'

/** Rates, derivatives and statistics. */
export const RATES: Vocabulary = {
  operators: {
    rate: (node) => ofEvents(rate(node.number('interval'))),
    ddt: (node) => ofEvents(node.has('n') ? ddtReal(node.number('n')) : ddtEvents()),
    'ddt-events': () => ofEvents(ddtEvents()),
    'ddt-real': (node) => ofEvents(ddtReal(node.number('n'))),
    percentiles: (node) =>
      ofEvents(
        percentiles(
          node.number('interval'),
          pointsOf(node.raw('points'), (expr) => evaluate(expr, node.env())),
        ),
      ),
    counter: (node) => ofEvents(counter(node.has('init') ? node.number('init') : 0)),
    'sum-over-time': () => ofEvents(sumOverTime()),
    'mean-over-time': () => ofEvents(meanOverTime()),
    ewma: (node) => ofEvents(ewma(node.number('halflife'))),
    'ewma-timeless': (node) => ofEvents(ewmaTimeless(node.number('r'))),
    apdex: (node) =>
      ofEvents(
        apdex(
          node.number('dt'),
          node.predicate(node.raw('satisfied')),
          node.predicate(node.raw('tolerated')),
        ),
      ),
    'apdex*': (node) =>
      ofEvents(apdex(node.number('dt'), testOf(node, 'satisfied'), testOf(node, 'tolerated'))),
    'predict-linear': (node) =>
      ofEvents(
        predictLinear(node.number('n'), node.number('s'), node.has('r') ? { refit: node.number('r') } : {}),
      ),
    'clock-skew': () => ofEvents(clockSkew()),
    'fold-interval': foldOfField,
    'fold-interval with timeless nothing': (node) => withTimelessNothing(node.operator('fold-interval')),
    'fold-interval-metric with timeless nothing': (node) =>
      withTimelessNothing(node.operator('fold-interval-metric')),
    'fold-interval-metric': (node) => {
      const fn = node.fn()
      return ofEvents(foldIntervalMetric(node.number('interval'), (metrics) => folded(fn(metrics))))
    },
  },
}

function testOf(node: Node, name: string): (event: Event) => boolean {
  const fn = node.fn(node.raw(name))
  return (event) => truthy(fn(event))
}

/** What a fold gave: nil is nothing, and anything may stand in any field of the vectors. */
function folded<Value = number>(value: unknown): Value | undefined {
  return value === null ? undefined : (value as Value | undefined)
}

function foldOfField(node: Node): Op {
  const fn = node.fn()
  const name = node.text('field')
  const interval = node.number('interval')
  if (name === 'metric' || name === 'ttl')
    return ofEvents(foldInterval(interval, name, (values) => folded(fn(values))))
  const text = (values: readonly unknown[]) => folded<string>(fn(values))
  return ofEvents(
    name === 'host' || name === 'service' || name === 'state' || name === 'description'
      ? foldInterval(interval, name, text)
      : foldInterval(interval, { attribute: name }, text),
  )
}
