import fc from 'fast-check'
import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { Checkpoint, type CheckpointLine, loadFold, saveFold } from './checkpoint.ts'
import { Fold } from './fold.ts'
import { rule } from './rules/rule.ts'
import { alert } from './streams/alert.ts'
import { by } from './streams/by.ts'
import { changed } from './streams/changed.ts'
import { changedState } from './streams/changed-state.ts'
import { index } from './streams/index-events.ts'
import { map } from './streams/map.ts'
import { publish } from './streams/publish.ts'
import { rollup } from './streams/rollup.ts'
import { severity } from './streams/severity.ts'
import { stable } from './streams/stable.ts'
import { below } from './streams/threshold.ts'
import { throttle } from './streams/throttle.ts'

const ops = { name: 'ops' }
const boss = { name: 'boss' }
const SECOND = 1_000_000

/** Made once, since making its stack takes longer than all else. */
const broken = new Error('as the test asked')

/** Every step there is, at the top of a rule, in a by and in a by within a by. */
const rules = [
  rule('index', { stream: index() }),
  rule('severity', {
    stream: by(
      { keys: ['host', 'service'], idle: '40s' },
      severity({ critical: below(3), warning: below(6) }, { for: '4s', clearFor: '3s' }),
      alert({
        summary: (e) => `${e.metric}`,
        notify: [ops],
        dependsOn: { name: 'stable' },
        repeat: '9s',
        escalate: { after: '6s', to: [boss] },
        flapping: { count: 2, within: '20s' },
      }),
    ),
  }),
  rule('stable', {
    stream: by(
      'host',
      stable('5s'),
      map((e) => ({ ...e, state: e.state ?? 'ok' })),
      alert({ summary: 's', notify: [ops] }),
    ),
  }),
  rule('changed', {
    match: { host: ['a', 'b'] },
    stream: pipe(
      changedState(),
      changed((e) => e.metric),
      throttle(3, '10s'),
      publish((e) => (e.tags.includes('again') ? undefined : { ...e, service: 'again', tags: ['again'] })),
    ),
  }),
  rule('throws', {
    match: { state: 'bad' },
    stream: map(() => {
      throw broken
    }),
  }),
  rule('rollup', {
    stream: by(
      'host',
      by(
        { keys: 'service', idle: '15s', max: 3 },
        rollup(1, '20s'),
        map((list) => makeEvent({ time: 1, state: `${list.length}` })),
        alert({ summary: 'r', notify: [ops], group: { wait: '7s' } }),
      ),
    ),
  }),
]

/** Every kind of line that a checkpoint has. */
const KINDS: readonly CheckpointLine['kind'][] = [
  'alert',
  'clock',
  'entry',
  'firing',
  'group',
  'groups',
  'rule',
  'shown',
  'telling',
]

interface Happening {
  readonly wait: number
  readonly host: string
  readonly service: string
  readonly state: string
  readonly metric: number
  readonly ttl: number
  readonly act: 'none' | 'acknowledge' | 'silence' | 'gap' | 'restart'
}

const happenings = fc.array(
  fc.record({
    wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 3 })),
    // Mostly of one host, so that its alerts depend on each other.
    host: fc.constantFrom('a', 'a', 'a', 'b', 'c'),
    service: fc.constantFrom('x', 'y', 'z', '__proto__'),
    state: fc.constantFrom('ok', 'bad', 'expired'),
    metric: fc.integer({ min: 0, max: 9 }),
    ttl: fc.integer({ min: 1, max: 20 }),
    act: fc.constantFrom<Happening['act']>(
      ...(['none', 'none', 'none', 'none', 'acknowledge', 'silence', 'gap', 'restart'] as const),
    ),
  }),
  { maxLength: 100, size: 'max' },
)

/** A fold with what it decided so far, as text. */
class Run {
  readonly fold = new Fold({ rules, name: 'hub', report: () => {} })
  readonly decided: string[] = []
  time = 1_000 * SECOND

  play(happening: Happening): void {
    this.time += happening.wait * SECOND
    this.fold.begin(this.fold.position + 1)
    if (happening.act === 'gap') this.fold.gap(this.time)
    else if (happening.act === 'restart') this.fold.restart(this.time)
    else this.fold.advance(this.time)
    const { host, service, state, metric, ttl } = happening
    const attributes = Object.assign(Object.create(null), { seen: 'yes' })
    this.fold.events([makeEvent({ host, service, state, metric, ttl, time: this.time, attributes })])
    const { book } = this.fold
    const people = { who: 'kim', why: 'test', until: this.time + 5 * SECOND }
    const [first] = book.open
    if (happening.act === 'acknowledge' && first !== undefined)
      book.acknowledge(first.id, { ...people, at: this.time })
    if (happening.act === 'silence') book.silence({ ...people, match: { host } })
    this.take()
  }

  end(): void {
    this.fold.begin(this.fold.position + 1)
    this.fold.advance(this.time + 120 * SECOND)
    this.take()
  }

  take(): void {
    const { changes, notifications, log } = this.fold.decisions()
    for (const { id, what, detail } of log) this.decided.push(`${id} ${what} ${detail}`)
    for (const { kind, at, alert } of changes)
      this.decided.push(`${at} ${kind} ${alert.id} ${alert.rule} ${alert.key}`)
    for (const { id, items } of notifications) this.decided.push(`${id} ${JSON.stringify(items)}`)
  }
}

/** What a fold holds, comparable: lines and members in an order of their own, through JSON as on disk. */
function held(fold: Fold): string[] {
  return saveFold(fold)
    .map((line) =>
      JSON.stringify(line, (_, value) =>
        isObject(value)
          ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
          : value,
      ),
    )
    .toSorted()
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function throughDisk(lines: readonly CheckpointLine[]): CheckpointLine[] {
  return lines.map((line) => JSON.parse(JSON.stringify(line)))
}

/** Plays all, taking a checkpoint after `cut` in slices of `slice` things for each further happening. */
function cutRun(all: readonly Happening[], cut: number, slice: number) {
  const whole = new Run()
  const lines: CheckpointLine[] = []
  let decidedBefore = 0
  let checkpoint: Checkpoint | undefined
  let time = whole.time
  for (const [at, happening] of all.entries()) {
    if (at === cut) {
      checkpoint = new Checkpoint(whole.fold, (line) => lines.push(structuredClone(line)))
      decidedBefore = whole.decided.length
      time = whole.time
    }
    whole.play(happening)
    checkpoint?.advance(slice)
  }
  checkpoint?.advance(Number.POSITIVE_INFINITY)
  whole.end()
  return { whole, lines: throughDisk(lines), decidedBefore, time }
}

function restored(
  all: readonly Happening[],
  cut: number,
  lines: readonly CheckpointLine[],
  time: number,
): Run {
  const again = new Run()
  loadFold(again.fold, lines)
  again.time = time
  for (const happening of all.slice(cut)) again.play(happening)
  again.end()
  return again
}

describe('a checkpoint', () => {
  test('at any moment, written while events go on, gives what goes on without it', {
    timeout: 400_000,
  }, () => {
    fc.assert(
      fc.property(happenings, fc.nat(), fc.integer({ min: 0, max: 6 }), (all, nat, slice) => {
        fc.pre(all.length > 0)
        const cut = nat % all.length
        const { whole, lines, decidedBefore, time } = cutRun(all, cut, slice)
        const again = restored(all, cut, lines, time)
        expect(again.decided).toEqual(whole.decided.slice(decidedBefore))
        expect(held(again.fold)).toEqual(held(whole.fold))
      }),
      { numRuns: 1500 },
    )
  })

  test('that lacks anything gives something else', () => {
    const states = ['bad', 'bad', 'ok', 'bad', 'bad', 'bad', 'ok', 'ok']
    const busy = Array.from({ length: 60 }, (_, n) => ({
      wait: n % 3,
      host: 'abc'.charAt(n % 3),
      service: 'xyz'.charAt(Math.floor(n / 2) % 3),
      state: states[Math.floor(n / 3) % 8] ?? 'ok',
      metric: [1, 1, 1, 8, 8][Math.floor(n / 4) % 5] ?? 0,
      ttl: 30,
      act: n % 20 === 7 ? ('silence' as const) : ('none' as const),
    }))
    const nameOf = (line: CheckpointLine) => ('rule' in line ? `${line.kind} of ${line.rule}` : line.kind)
    const outcomeOf = (run: Run) => JSON.stringify([run.decided, held(run.fold)])
    const present = new Set<string>()
    const noticed = new Set<string>()
    for (const cut of [15, 25, 35, 45]) {
      const { whole, lines, decidedBefore, time } = cutRun(busy, cut, 1)
      const expected = JSON.stringify([whole.decided.slice(decidedBefore), held(whole.fold)])
      expect(outcomeOf(restored(busy, cut, lines, time))).toEqual(expected)
      for (const line of lines) {
        present.add(nameOf(line))
        if (noticed.has(nameOf(line))) continue
        const others = lines.filter((other) => other !== line)
        if (outcomeOf(restored(busy, cut, others, time)) !== expected) noticed.add(nameOf(line))
      }
    }
    // Every kind of line that there is, and of each rule.
    expect(KINDS).toEqual([...new Set([...present].map((name) => name.replace(/ .*/, '')))].toSorted())
    expect([...present].filter((name) => !noticed.has(name))).toEqual([])
  })

  test('that cannot be written harms nothing but itself', () => {
    const happening = { wait: 1, service: 'x', state: 'bad', metric: 1, ttl: 5, act: 'none' as const }
    const all = Array.from({ length: 30 }, (_, n) => ({ ...happening, host: 'abc'.charAt(n % 3) }))
    const [plain, run] = [new Run(), new Run()]
    for (const one of all.slice(0, 15)) for (const each of [plain, run]) each.play(one)
    let room = 6
    const checkpoint = new Checkpoint(run.fold, () => {
      room -= 1
      if (room < 0) throw new Error('disk full')
    })
    for (const one of all.slice(15)) for (const each of [plain, run]) each.play(one)
    expect(() => checkpoint.advance(1)).toThrow('disk full')
    checkpoint.abort()
    for (const each of [plain, run]) each.end()
    expect(run.decided).toEqual(plain.decided)
    expect(run.fold.engine.counters).toEqual(plain.fold.engine.counters)
  })

  test('names the rules whose operators have changed, and leaves their states out', () => {
    const before = new Fold({
      rules: [rule('a', { stream: throttle(1, '1m') }), rule('b', { stream: throttle(1, '1m') })],
      name: 'hub',
      report: () => {},
    })
    const after = new Fold({
      rules: [rule('a', { stream: throttle(1, '1m') }), rule('b', { stream: throttle(2, '1m') })],
      name: 'hub',
      report: () => {},
    })
    expect(loadFold(after, throughDisk(saveFold(before)))).toEqual([{ rule: 'b', kept: 0, of: 1 }])
  })
})
