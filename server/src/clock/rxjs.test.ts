import {
  asyncScheduler,
  auditTime,
  bufferTime,
  concatMap,
  debounceTime,
  delay,
  from,
  interval,
  map,
  type OperatorFunction,
  of,
  Subject,
  type Subscription,
  sampleTime,
  take,
  throttleTime,
  timeInterval,
  timeout,
  timer,
  timestamp,
  windowTime,
} from 'rxjs'
import { describe, expect, test, vi } from 'vitest'
import { LogicalClock } from './logical.ts'
import { type Holder, holdFor, onUnhandledRxError, withClock } from './rxjs.ts'

const SECOND = 1_000_000

/** Lets values in at their seconds on a logical clock, and tells what comes out, and when. */
function played<Out>(
  operator: OperatorFunction<string, Out>,
  input: Readonly<Record<number, string>>,
  until: number,
  start = 0,
): string[] {
  const clock = new LogicalClock(start * SECOND)
  const source = new Subject<string>()
  const seen: string[] = []
  const note = (text: string) => seen.push(`${clock.now / SECOND} ${text}`)
  const reach = (second: number) => withClock(clock, () => clock.advance(second * SECOND, () => {}))
  withClock(clock, () =>
    source.pipe(operator).subscribe({
      next: (value) => note(JSON.stringify(value)),
      error: (error: unknown) => note(error instanceof Error ? error.name : 'error'),
    }),
  )
  for (const [second, value] of Object.entries(input)) {
    reach(Number(second))
    withClock(clock, () => source.next(value))
  }
  reach(until)
  return seen
}

describe("RxJS's own operators obey the logical clock without an argument", () => {
  const abc = { 1: 'a', 2: 'b', 7: 'c' }
  test.each<[string, OperatorFunction<string, unknown>, readonly string[]]>([
    ['debounceTime', debounceTime(3000), ['5 "b"', '10 "c"']],
    ['bufferTime', bufferTime(5000), ['5 ["a","b"]', '10 ["c"]', '15 []', '20 []']],
    ['delay', delay(4000), ['5 "a"', '6 "b"', '11 "c"']],
    ['throttleTime', throttleTime(5000), ['1 "a"', '7 "c"']],
    [
      'throttleTime, trailing',
      throttleTime(5000, undefined, { trailing: true }),
      ['1 "a"', '6 "b"', '11 "c"'],
    ],
    ['auditTime', auditTime(3000), ['4 "b"', '10 "c"']],
    ['sampleTime', sampleTime(5000), ['5 "b"', '10 "c"']],
    ['timeout', timeout(4000), ['1 "a"', '2 "b"', '6 TimeoutError']],
    ['timeout, of the first', timeout({ first: 900 }), ['0.9 TimeoutError']],
    [
      'timestamp',
      (source) =>
        source.pipe(
          timestamp(),
          map(({ timestamp }) => timestamp),
        ),
      ['1 1000', '2 2000', '7 7000'],
    ],
    [
      'timeInterval',
      (source) =>
        source.pipe(
          timeInterval(),
          map(({ interval }) => interval),
        ),
      ['1 1000', '2 1000', '7 5000'],
    ],
    ['interval', () => interval(8000), ['8 0', '16 1']],
    ['timer', () => timer(500, 9000), ['0.5 0', '9.5 1', '18.5 2']],
    [
      'windowTime',
      (source) =>
        source.pipe(
          windowTime(12_000),
          map(() => 'w'),
        ),
      ['0 "w"', '12 "w"'],
    ],
    ['concatMap and delay', concatMap((value) => of(value).pipe(delay(2000))), ['3 "a"', '5 "b"', '9 "c"']],
  ])('%s', (_, operator, expected) => {
    expect(played(operator, abc, 20)).toEqual(expected)
  })

  test('from any moment, whole seconds or not', () => {
    expect(played(debounceTime(3000), { 1.005: 'a', 2.999: 'b' }, 10)).toEqual(['5.999 "b"'])
    const today = 1_790_000_000.123456
    expect(played(debounceTime(0.5), { [today]: 'a' }, today + 1, today)).toHaveLength(1)
  })

  test('what repeats itself without a delay does so every millisecond, as on the machine', () => {
    expect(played(() => interval(0).pipe(take(3)), {}, 1)).toEqual(['0 0', '0.001 1', '0.002 2'])
    expect(played(() => from(['x', 'y'], asyncScheduler), {}, 1)).toEqual(['0 "x"', '0.001 "y"'])
  })

  test('timers move with a gap in which nothing could be heard', () => {
    const clock = new LogicalClock()
    const seen: number[] = []
    withClock(clock, () => interval(1000).subscribe(() => seen.push(clock.now / SECOND)))
    clock.advance(1.5 * SECOND, () => {})
    clock.skip(3600 * SECOND)
    clock.advance(3602.5 * SECOND, () => {})
    expect(seen).toEqual([1, 3602])
  })
})

describe('outside of withClock', () => {
  test("the machine's scheduler and time are used", () => {
    vi.useFakeTimers({ now: 5000 })
    const seen: string[] = []
    const subscriptions: Subscription[] = [
      timer(1000).subscribe(() => seen.push('machine')),
      of('x')
        .pipe(timestamp())
        .subscribe(({ timestamp }) => seen.push(`at ${timestamp}`)),
    ]
    expect(seen).toEqual(['at 5000'])
    vi.advanceTimersByTime(1000)
    expect(seen).toEqual(['at 5000', 'machine'])
    for (const subscription of subscriptions) subscription.unsubscribe()
    vi.useRealTimers()
  })

  test('a clock inside of another, and a throw, give back what was before', () => {
    const [outer, inner] = [new LogicalClock(7 * SECOND), new LogicalClock(9 * SECOND)]
    const times: number[] = []
    const look = () =>
      of(0)
        .pipe(timestamp())
        .subscribe(({ timestamp }) => times.push(timestamp))
    withClock(outer, () => {
      withClock(inner, look)
      expect(() =>
        withClock(inner, () => {
          throw new Error('no')
        }),
      ).toThrow('no')
      look()
    })
    vi.useFakeTimers({ now: 5000 })
    look()
    vi.useRealTimers()
    expect(times).toEqual([9000, 7000, 5000])
  })
})

describe('an action', () => {
  test('that is unsubscribed leaves no timer', () => {
    const clock = new LogicalClock()
    const subscription = withClock(clock, () => timer(1000).subscribe())
    expect(clock.timers).toBe(1)
    subscription.unsubscribe()
    expect(clock.timers).toBe(0)
  })

  test('that throws is over and reported; the clock goes on', () => {
    const clock = new LogicalClock()
    const reported: unknown[] = []
    onUnhandledRxError((error) => reported.push(error))
    withClock(clock, () =>
      asyncScheduler.schedule(() => {
        throw new Error('boom')
      }, 1000),
    )
    expect(clock.advance(2 * SECOND, () => {})).toBe(true)
    expect(reported).toEqual([new Error('boom')])
    expect(clock.timers).toBe(0)
  })

  test.each<[string, number, number]>([
    ['not a number', Number.NaN, 0],
    ['negative', -5, 0],
    ['a fraction of a millisecond', 0.0004, 0],
  ])('a delay that is %s is none', (_, delay, due) => {
    const clock = new LogicalClock()
    withClock(clock, () => asyncScheduler.schedule(() => {}, delay))
    expect([clock.mayBeDue(due - 1), clock.mayBeDue(due)]).toEqual([false, true])
  })
})

describe('what would be lost', () => {
  /** How many timers a pipeline holds after an event at 0 s, and after each further advance. */
  function held(operator: OperatorFunction<string, unknown>, ...seconds: readonly number[]): number[] {
    const clock = new LogicalClock()
    const who: Holder = { pending: 0 }
    const source = new Subject<string>()
    withClock(clock, () => {
      const before = holdFor(who)
      source.pipe(operator).subscribe()
      source.next('a')
      holdFor(before)
    })
    return [0, ...seconds].map((second) => {
      clock.advance(second * SECOND, () => {})
      return who.pending
    })
  }

  test.each<[string, OperatorFunction<string, unknown>, readonly number[]]>([
    ['a pending debounceTime', debounceTime(3000), [1, 1, 0, 0]],
    ['a pending delay', delay(2000), [1, 0, 0, 0]],
    ['nothing', map((value) => value), [0, 0, 0, 0]],
    ['one that repeats itself, until it has', bufferTime(2000), [1, 0, 0, 0]],
  ])('%s is counted', (_, operator, expected) => {
    expect(held(operator, 2, 3, 9)).toEqual(expected)
  })

  test('a debounceTime that waits again for the rest counts on', () => {
    const clock = new LogicalClock()
    const who: Holder = { pending: 0 }
    const source = new Subject<string>()
    const next = () =>
      withClock(clock, () => {
        const before = holdFor(who)
        source.next('a')
        holdFor(before)
      })
    withClock(clock, () => source.pipe(debounceTime(3000)).subscribe())
    const counts = [1, 3, 4, 5].map((second) => {
      if (second <= 3) next()
      clock.advance(second * SECOND, () => {})
      return who.pending
    })
    expect(counts).toEqual([1, 1, 0, 0])
  })
})
