import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Timer } from './heap.ts'
import { LogicalClock, WAVE_LIMIT } from './logical.ts'

class Bell extends Timer {
  readonly awaitsInput: boolean
  readonly ring: () => void
  constructor(ring: () => void, awaitsInput = false) {
    super()
    this.ring = ring
    this.awaitsInput = awaitsInput
  }
  fire(): void {
    this.ring()
  }
}

/** A clock whose timers note when they fire and as what. */
function rig(now = 0) {
  const clock = new LogicalClock(now)
  const seen: string[] = []
  const note = (name: string, then: () => void = () => {}, awaitsInput = false) =>
    new Bell(() => {
      seen.push(`${clock.now} ${name}`)
      then()
    }, awaitsInput)
  return { clock, seen, note, run: (to: number, limit?: number) => clock.advance(to, () => {}, limit) }
}

describe('advance', () => {
  test('fires what is due up to and at the moment, each seeing its own due time, ties in the order they were set', () => {
    const { clock, seen, note, run } = rig()
    clock.set(note('b'), 20)
    clock.set(note('a'), 10)
    clock.set(note('c'), 20)
    clock.set(note('later'), 31)
    expect(run(30)).toBe(true)
    expect(seen).toEqual(['10 a', '20 b', '20 c'])
    expect([clock.now, clock.timers, clock.mayBeDue(30), clock.mayBeDue(31)]).toEqual([30, 1, false, true])
  })

  test('a timer that is moved ties by when it was moved', () => {
    const { clock, seen, note, run } = rig()
    const a = note('a')
    clock.set(a, 10)
    clock.set(note('b'), 10)
    clock.set(a, 10)
    run(10)
    expect(seen).toEqual(['10 b', '10 a'])
  })

  test('timers that are set while firing fire in the same advance when they are due in it', () => {
    const { clock, seen, note, run } = rig()
    const third = note('third')
    const second = note('second', () => clock.set(third, 25))
    clock.set(
      note('first', () => clock.set(second, 10)),
      10,
    )
    clock.set(note('other'), 10)
    run(24)
    expect(seen).toEqual(['10 first', '10 other', '10 second'])
    run(25)
    expect(seen.at(-1)).toBe('25 third')
  })

  test('a cancelled timer does not fire, not even when one at the same moment cancels it', () => {
    const { clock, seen, note, run } = rig()
    const b = note('b')
    clock.set(
      note('a', () => clock.cancel(b)),
      10,
    )
    clock.set(b, 10)
    run(20)
    expect(seen).toEqual(['10 a'])
  })

  test('never goes back', () => {
    const { clock, run } = rig(100)
    run(50)
    expect(clock.now).toBe(100)
  })

  test('a due time in the past is taken for now', () => {
    const { clock, seen, note, run } = rig(100)
    clock.set(note('now'), 100)
    clock.set(note('past'), 3)
    run(100)
    expect(seen).toEqual(['100 now', '100 past'])
  })

  test('after each timer, and only then, `after` runs', () => {
    const { clock, seen, note } = rig()
    clock.set(note('a'), 1)
    clock.set(note('b'), 2)
    clock.advance(5, () => seen.push(`${clock.now} after`))
    expect(seen).toEqual(['1 a', '1 after', '2 b', '2 after'])
  })

  test('works many timers off in slices; the clock stands where the last one fired until all are done', () => {
    const { clock, seen, note, run } = rig()
    for (let n = 0; n < 5; n++) clock.set(note(`${n}`), 10)
    clock.set(note('last'), 12)
    expect([run(20, 2), clock.now, seen.length]).toEqual([false, 10, 2])
    expect([run(20, 2), clock.now, seen.length]).toEqual([false, 10, 4])
    expect([run(20, 2), clock.now, seen.length]).toEqual([true, 20, 6])
  })

  test('is done when exactly `limit` timers were due', () => {
    const { clock, note, run } = rig()
    clock.set(note('a'), 1)
    clock.set(note('b'), 1)
    expect([run(5, 2), clock.now]).toEqual([true, 5])
  })

  test('in slices or in one go, the same timers fire in the same order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (dues, limit) => {
        const whole = rig()
        const sliced = rig()
        for (const { clock, note } of [whole, sliced]) {
          dues.forEach((due, n) => {
            const again = note(`${n}'`)
            clock.set(
              note(`${n}`, () => n % 3 === 0 && clock.set(again, clock.now + (n % 5))),
              due,
            )
          })
        }
        whole.run(40)
        while (!sliced.run(40, limit)) expect(sliced.clock.now).toBeLessThanOrEqual(40)
        expect(sliced.seen).toEqual(whole.seen)
        expect(sliced.clock.now).toBe(whole.clock.now)
      }),
    )
  })
})

describe('what can go wrong', () => {
  test('a due time that is not a number is refused, and leaves the other timers in order', () => {
    const { clock, seen, note, run } = rig()
    clock.set(note('b'), 2)
    expect(() => clock.set(note('never'), Number.NaN)).toThrow(RangeError)
    clock.set(note('a'), 1)
    run(5)
    expect(seen).toEqual(['1 a', '2 b'])
  })

  test('an endless one is never due; a fraction is due at the next whole microsecond', () => {
    const { clock, seen, note, run } = rig()
    clock.set(note('never'), Number.POSITIVE_INFINITY)
    clock.set(note('half'), 1.5)
    run(1)
    expect(seen).toEqual([])
    run(4_000_000_000_000_000)
    expect(seen).toEqual(['2 half'])
    expect(clock.mayBeDue(Number.MAX_SAFE_INTEGER)).toBe(true)
  })

  test('timers that set each other for the same instant without end are put off by a second, counted; others fire', () => {
    const { clock, seen, note, run } = rig()
    let rounds = 0
    const circle = new Bell(() => {
      rounds += 1
      clock.set(circle, clock.now)
    })
    clock.set(circle, 10)
    clock.set(note('other'), 10)
    clock.set(note('later'), 20)
    expect(run(100)).toBe(true)
    expect(seen).toEqual(['10 other', '20 later'])
    expect([rounds, clock.postponed]).toEqual([WAVE_LIMIT + 1, 1])
    expect([clock.mayBeDue(1_000_009), clock.mayBeDue(1_000_010)]).toEqual([false, true])
  })

  test('a circle is found, too, when the advance is cut into slices', () => {
    const { clock, run } = rig()
    const circle = new Bell(() => clock.set(circle, clock.now))
    clock.set(circle, 10)
    let slices = 0
    while (!run(100, 7)) slices += 1
    expect([clock.postponed, slices]).toEqual([1, Math.floor((WAVE_LIMIT + 2) / 7)])
  })

  test('many timers at one instant that each set one more are no circle', () => {
    const { clock, run } = rig()
    let fired = 0
    for (let n = 0; n < 3 * WAVE_LIMIT; n++) {
      const second = new Bell(() => (fired += 1))
      clock.set(new Bell(() => clock.set(second, 0)), 10)
    }
    run(10)
    expect([fired, clock.postponed]).toEqual([3 * WAVE_LIMIT, 0])
  })

  test('many events at one instant that each set a timer for now are no circle', () => {
    const { clock, run } = rig(10)
    let fired = 0
    for (let n = 0; n < 3 * WAVE_LIMIT; n++) {
      run(10)
      clock.set(new Bell(() => (fired += 1)), 10)
    }
    run(10)
    expect([fired, clock.postponed]).toEqual([3 * WAVE_LIMIT, 0])
  })
})

describe('a timer that repeats', () => {
  test('keeps its place among those that are due at the same moment', () => {
    const { clock, seen, note, run } = rig()
    const often = note('often', () => {
      if (clock.now < 30) clock.again(often, clock.now + 10)
    })
    clock.set(often, 10)
    clock.set(note('once'), 20)
    run(40)
    expect(seen).toEqual(['10 often', '20 often', '20 once', '30 often'])
  })

  test('may be put off, and then goes on at its place', () => {
    const { clock, seen, note, run } = rig()
    const often = note('often')
    clock.set(often, 10)
    clock.set(note('once'), 20)
    clock.again(often, 20)
    run(40)
    expect(seen).toEqual(['20 often', '20 once'])
  })

  test('for the present moment is found where it goes round in circles', () => {
    const { clock, note, run } = rig()
    const circle = note('circle', () => clock.again(circle, clock.now))
    clock.set(circle, 10)
    run(10)
    expect(clock.postponed).toBe(1)
  })
})

describe('a gap', () => {
  test('moves timers that await input, and lets calendar timers fire at their times', () => {
    const { clock, seen, note, run } = rig(100)
    clock.set(note('ttl', undefined, true), 150)
    clock.set(note('window'), 160)
    clock.skip(1000)
    run(1100)
    expect(seen).toEqual(['160 window'])
    run(1150)
    expect(seen.at(-1)).toBe('1150 ttl')
  })

  test('`listened` stands still while it lasts, and goes on after it; twice as well', () => {
    const { clock, note, run } = rig(100)
    const listened: number[] = []
    const look = () => listened.push(clock.listened)
    look()
    clock.skip(1000)
    look()
    clock.set(note('in the gap', look), 600)
    run(1100)
    look()
    run(1150)
    look()
    clock.skip(30)
    run(1180)
    look()
    run(1181)
    look()
    expect(listened).toEqual([100, 100, 100, 100, 150, 150, 151])
    expect(clock.deaf).toBe(1030)
  })
})

test('a clock that resumes goes on with the numbers, timers and gaps of the checkpoint', () => {
  const { clock, seen, note, run } = rig()
  clock.resume(500, 40, 100)
  clock.restore(note('b'), 510, 12)
  clock.restore(note('a'), 510, 7)
  clock.set(note('c'), 510)
  expect([clock.now, clock.seq, clock.listened]).toEqual([500, 41, 400])
  run(510)
  expect(seen).toEqual(['510 a', '510 b', '510 c'])
})
