// What each operator costs: processor time an event inside `by('host', …)`, with one host and with a thousand, how much
// memory a host takes, and how that grows with the window. Name a part to run only that: each, windows.
import { type OperatorFunction, pipe } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import { Fold } from '../../server/src/fold.ts'
import * as weir from '../../server/src/index.ts'
import { median, round, table, wanted } from './rig/figures.ts'

type Op = OperatorFunction<Event, unknown>

const SECOND = 1_000_000
const START = 1_790_000_000 * SECOND
/** Events of one message. */
const MESSAGE = 100
/** How much later each event comes, in microseconds. */
const STEP = 1000
const ROUNDS = 5
/** Events of a round. */
const EVENTS = 50_000

const { by, folds } = weir
const pass = weir.map((event: Event) => event)
const metric = (event: Event) => event.metric ?? 0
const isHigh = (event: Event) => metric(event) > 90
const isMiddling = (event: Event) => metric(event) > 50
/** Every operator as it might stand in a rule. */
const OPERATORS: Readonly<Record<string, () => Op>> = {
  map: () => pass,
  filter: () => weir.filter(isHigh),
  where: () => weir.where({ service: 'api/*', not: { state: 'ok' } }),
  match: () => weir.match((event) => event.service, /latency$/),
  tagged: () => weir.tagged('web'),
  taggedAny: () => weir.taggedAny('db', 'web'),
  expired: () => weir.expired(),
  notExpired: () => weir.notExpired(),
  over: () => weir.over(50),
  under: () => weir.under(50),
  smap: () => weir.smap((event: Event) => event.metric),
  smapcat: () => weir.smapcat((event: Event) => event.tags),
  sreduce: () => weir.sreduce((sum: number, event: Event) => sum + metric(event), 0),
  withFields: () => weir.withFields({ state: 'ok', attributes: { team: 'x' } }),
  withDefaults: () => weir.withDefaults({ ttl: 60, description: 'none' }),
  scale: () => weir.scale(0.001),
  tag: () => weir.tag('x', 'y'),
  untag: () => weir.untag('web'),
  merge: () => weir.merge(pass, pass),
  split: () => weir.split([isHigh, pass], [isMiddling, pass], pass),
  dual: () => weir.dual(isHigh, pass, pass),
  top: () => weir.top(10, metric, pass, pass),
  by: () => by('service', pass),
  byFn: () => weir.byFn('service', () => pass),
  project: () => weir.project({ service: 'api/latency' }, isHigh),
  join: () => weir.join(isHigh, isMiddling, { key: 'service', within: '5s' }),
  'join, latest': () => weir.join(isHigh, () => true, { key: 'service', within: '5s', pairing: 'latest' }),
  coalesce: () => weir.coalesce('5s'),
  coalesceWithEvent: () => weir.coalesceWithEvent((event) => event.service),
  changed: () => weir.changed((event) => event.state),
  changedState: () => weir.changedState(),
  runs: () => weir.runs(3),
  stable: () => weir.stable('5s'),
  flapping: () => weir.flapping(4, '10m'),
  severity: () => weir.severity({ critical: weir.above(90) }, { for: '5s', clearFor: '5s' }),
  hysteresis: () => weir.hysteresis(weir.above(90), weir.below(80)),
  held: () => weir.held(isHigh, '5s'),
  absent: () => weir.absent('service', ['api/latency', 'backup'], '5s'),
  deadman: () => weir.deadman('5s'),
  nag: () => weir.nag('10s'),
  throttle: () => weir.throttle(5, '10s'),
  rollup: () => weir.rollup(5, '10s', { max: 10_000 }),
  batch: () => weir.batch(100, '10s'),
  movingEventWindow: () => weir.movingEventWindow(10),
  fixedEventWindow: () => weir.fixedEventWindow(10),
  movingTimeWindow: () => weir.movingTimeWindow('10s'),
  fixedTimeWindow: () => weir.fixedTimeWindow('10s'),
  fixedOffsetTimeWindow: () => weir.fixedOffsetTimeWindow('10s'),
  timeWindow: () => weir.timeWindow('5s', { lateness: '1s' }),
  'fixedEventWindow, folds.mean': () => pipe(weir.fixedEventWindow<Event>(10), weir.smap(folds.mean)),
  rate: () => weir.rate('10s'),
  ddtEvents: () => weir.ddtEvents(),
  ddtReal: () => weir.ddtReal('10s'),
  counter: () => weir.counter(),
  sumOverTime: () => weir.sumOverTime(),
  meanOverTime: () => weir.meanOverTime(),
  ewma: () => weir.ewma('10s'),
  ewmaTimeless: () => weir.ewmaTimeless(0.1),
  percentiles: () => weir.percentiles('10s', [0.5, 0.95, 1]),
  quantiles: () => weir.quantiles('10s', [0.5, 0.95, 1]),
  distinct: () => weir.distinct('10s', (event) => `${event.metric}`),
  histogram: () => weir.histogram('10s', [1, 10, 100]),
  apdex: () => weir.apdex('10s', isMiddling, isHigh),
  foldInterval: () => weir.foldInterval('10s', 'metric', (values) => values.length),
  foldIntervalMetric: () => weir.foldIntervalMetric('10s', (values) => values.length),
  predictLinear: () => weir.predictLinear(10, '1m'),
  forecast: () => weir.forecast(weir.above(99), '1m', { over: '10s' }),
  anomaly: () => weir.anomaly(60),
  clockSkew: () => weir.clockSkew(),
  fillIn: () => weir.fillIn('10s', { metric: 0 }),
  fillInLast: () => weir.fillInLast('10s', { state: 'unknown' }),
  interpolateConstant: () => weir.interpolateConstant('10s'),
  periodicallyUntilExpired: () => weir.periodicallyUntilExpired((now) => now, { interval: '10s' }),
  partTimeFast: () =>
    weir.partTimeFast('10s', {
      create: () => 0,
      add: (count: number) => count + 1,
      finish: (count, _, emit: (count: number) => void) => emit(count),
    }),
  partTimeSimple: () =>
    weir.partTimeSimple('10s', {
      reset: () => 0,
      add: (count: number) => count + 1,
      finish: (count, _, emit: (count: number) => void) => emit(count),
    }),
  publish: () => weir.publish(() => undefined),
  tap: () => weir.tap('here'),
  ping: () => weir.ping({ name: 'watcher' }),
  index: () => weir.index(),
  alert: () => pipe(weir.withFields<Event>({ state: 'ok' }), weir.alert({ summary: 'wrong', notify: [] })),
}

/** Exported functions that are no operators. */
const NO_OPERATORS = new Set([
  ...['config', 'rule', 'stage', 'step', 'thisHost', 'slack', 'slackBot', 'email', 'webhook', 'logOnly'],
  ...['httpDelivery', 'messageLine', 'above', 'atLeast', 'atMost', 'below', 'matches', 'micros'],
  ...['heartbeat', 'selfProbe', 'expire', 'isExpired', 'makeEvent', 'WeirError', 'query'],
])

/** Operators that hold many events, by how many that is. */
const WINDOWS: Readonly<Record<string, (events: number) => Op>> = {
  movingEventWindow: (events) => weir.movingEventWindow(events),
  fixedEventWindow: (events) => weir.fixedEventWindow(events),
  movingTimeWindow: (events) => weir.movingTimeWindow(`${events}ms`),
  fixedTimeWindow: (events) => weir.fixedTimeWindow(`${events}ms`),
  timeWindow: (events) => weir.timeWindow(`${events}ms`, { lateness: '100ms', max: events + 3 * MESSAGE }),
  batch: (events) => weir.batch(events, '1h'),
  rollup: (events) => weir.rollup(0, `${events}ms`, { max: events + MESSAGE }),
  percentiles: (events) => weir.percentiles(`${events}ms`, [0.5, 1]),
  foldInterval: (events) => weir.foldInterval(`${events}ms`, 'metric', (values) => values.length),
  predictLinear: (events) => weir.predictLinear(events, '1m'),
  forecast: (events) =>
    weir.forecast(weir.above(99), '1m', { over: `${(events * MESSAGE * STEP) / 1000}ms`, points: events }),
  anomaly: (events) => weir.anomaly(events),
  runs: (events) => weir.runs(events),
  flapping: (events) => weir.flapping(events, '1h'),
  top: (events) => weir.top(events, metric, pass),
  // All wait, each with a key of its own; when there are so many, one comes and one goes.
  join: (events) =>
    weir.join({}, () => false, {
      key: (event) => `${event.time}`,
      within: `${events}ms`,
      max: events + MESSAGE,
    }),
}

part('each', () => {
  const lines = Object.entries(OPERATORS).map(([operator, make]) => {
    const many = measure(make(), 1000)
    return {
      operator,
      'ns, 1 host': measure(make(), 1).ns,
      'ns, 1,000 hosts': many.ns,
      'bytes a host': many.bytes,
    }
  })
  table('Each operator within by(host, …)', lines)
  const missing = Object.entries(weir).filter(
    ([name, value]) => typeof value === 'function' && !(name in OPERATORS) && !NO_OPERATORS.has(name),
  )
  if (missing.length > 0) throw new Error(`not measured: ${missing.map(([name]) => name).join(', ')}`)
})

part('windows', () => {
  const lines = Object.entries(WINDOWS).map(([operator, make]) => ({
    operator,
    ...Object.fromEntries(
      [10, 100, 1000, 10_000].map((events) => [`ns, ${events} events`, measure(make(events), 1).ns]),
    ),
  }))
  table('By how many events are held, with one host', lines)
})

/** Processor time an event, and memory a host. */
function measure(operator: Op, hosts: number): { readonly ns: number; readonly bytes: number } {
  const fold = new Fold({
    rules: [weir.rule('measured', { stream: by('host', operator) })],
    name: 'hub',
    report: (line) => {
      throw new Error(line)
    },
  })
  fold.begin(1)
  fold.advance(START)
  const before = heap()
  playRound(fold, 0, hosts)
  const times = Array.from({ length: ROUNDS }, (_, n) => playRound(fold, n + 1, hosts))
  const bytes = (heap() - before) / hosts
  // Keeps it from being collected before its memory was looked at.
  fold.advance(fold.clock.now)
  return { ns: round(median(times), 0), bytes: hosts === 1 ? Number.NaN : Math.max(0, round(bytes, 0)) }
}

/** Processor time an event, in ns: other work on the machine counts for nothing. */
function playRound(fold: Fold, turn: number, hosts: number): number {
  const messages = messagesOf(turn, hosts)
  const began = process.cpuUsage()
  for (const message of messages) {
    fold.advance(message[0]?.time ?? START)
    fold.events(message)
    // As the hub does: else what is told would pile up.
    fold.decisions()
  }
  const { user, system } = process.cpuUsage(began)
  return ((user + system) * 1000) / EVENTS
}

/** The messages of one round; metrics and states go up and down, each host at its own pace. */
function messagesOf(turn: number, hosts: number): readonly (readonly Event[])[] {
  return Array.from({ length: EVENTS / MESSAGE }, (_, message) =>
    Array.from({ length: MESSAGE }, (_, n) => {
      const count = (turn * EVENTS + message * MESSAGE + n) | 0
      const wave = (count * 37 + ((count / hosts) | 0) * 11) % 100
      return makeEvent({
        time: START + count * STEP,
        host: `host-${count % hosts}`,
        service: 'api/latency',
        state: wave > 90 ? 'bad' : 'ok',
        metric: wave,
        ttl: 600,
        tags: ['web'],
      })
    }),
  )
}

function heap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function part(name: string, run: () => void): void {
  if (wanted.length === 0 || wanted.includes(name)) run()
}
