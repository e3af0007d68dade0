import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Timer, TimerHeap } from './heap.ts'

class Named extends Timer {
  readonly name: string
  readonly awaitsInput: boolean
  constructor(name: string, awaitsInput = false) {
    super()
    this.name = name
    this.awaitsInput = awaitsInput
  }
  fire(): void {}
}

/** Takes all timers out, in order. */
function drain(heap: TimerHeap): string[] {
  const names: string[] = []
  for (let first = heap.first; first !== undefined; first = heap.first) {
    names.push(`${(first as Named).name}@${first.due}`)
    heap.remove(first)
  }
  return names
}

describe('the heap of timers', () => {
  test('gives them by due time, then in the order in which they were set', () => {
    const heap = new TimerHeap()
    heap.set(new Named('c'), 2, 0)
    heap.set(new Named('a'), 1, 1)
    heap.set(new Named('d'), 2, 2)
    heap.set(new Named('b'), 1, 3)
    expect(drain(heap)).toEqual(['a@1', 'b@1', 'c@2', 'd@2'])
  })

  test('setting a timer again moves it, in either direction', () => {
    const heap = new TimerHeap()
    const [a, b, c] = [new Named('a'), new Named('b'), new Named('c')]
    heap.set(a, 1, 0)
    heap.set(b, 2, 1)
    heap.set(c, 3, 2)
    heap.set(a, 9, 3)
    heap.set(c, 0, 4)
    expect(heap.size).toBe(3)
    expect(drain(heap)).toEqual(['c@0', 'b@2', 'a@9'])
  })

  test('a removed timer is gone at once, can be removed again and can be set again', () => {
    const heap = new TimerHeap()
    const [a, b] = [new Named('a'), new Named('b')]
    heap.set(a, 1, 0)
    heap.set(b, 2, 1)
    heap.remove(a)
    heap.remove(a)
    expect([heap.size, a.slot, heap.all()]).toEqual([1, -1, [b]])
    heap.set(a, 3, 2)
    expect(drain(heap)).toEqual(['b@2', 'a@3'])
  })

  test('one that is set to a later time stands where it stood until it comes first', () => {
    const heap = new TimerHeap()
    const [a, b] = [new Named('a'), new Named('b')]
    heap.set(a, 1, 0)
    heap.set(b, 5, 1)
    heap.set(a, 9, 2)
    expect([heap.standsBy(0), heap.standsBy(1), a.slot]).toEqual([false, true, 0])
    expect([heap.take(), a.slot, heap.take(), heap.take(), heap.take()]).toEqual([
      undefined,
      1,
      b,
      a,
      undefined,
    ])
  })

  test('postpone moves the timers that await input, and only those', () => {
    const heap = new TimerHeap()
    heap.set(new Named('ttl 1', true), 1, 0)
    heap.set(new Named('window 5'), 5, 1)
    heap.set(new Named('ttl 2', true), 2, 2)
    heap.set(new Named('window 12'), 12, 3)
    heap.postpone(10)
    expect(drain(heap)).toEqual(['window 5@5', 'ttl 1@11', 'ttl 2@12', 'window 12@12'])
  })
})

describe('against a sorted list', () => {
  const POOL = 30
  const command = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('set' as const), which: fc.nat(POOL - 1), due: fc.nat(40) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat(POOL - 1) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('postpone' as const), gap: fc.nat(5) }) },
  )

  test('any commands give the same first timer, the same number, and at last the same order', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200, size: 'max' }), (commands) => {
        const heap = new TimerHeap()
        const pool = Array.from({ length: POOL }, (_, n) => new Named(`${n}`, n % 2 === 0))
        let model: { timer: Named; due: number; seq: number }[] = []
        const first = () => model.toSorted((a, b) => a.due - b.due || a.seq - b.seq)[0]?.timer
        commands.forEach((command, seq) => {
          const timer = 'which' in command ? pool[command.which] : undefined
          if (command.do === 'set' && timer !== undefined) {
            heap.set(timer, command.due, seq)
            model = [...model.filter((one) => one.timer !== timer), { timer, due: command.due, seq }]
          } else if (command.do === 'remove' && timer !== undefined) {
            heap.remove(timer)
            model = model.filter((one) => one.timer !== timer)
          } else if (command.do === 'take') {
            const taken = first()
            let timer = heap.take()
            while (timer === undefined && heap.size > 0) timer = heap.take()
            expect(timer).toBe(taken)
            model = model.filter((one) => one.timer !== taken)
          } else if (command.do === 'postpone') {
            heap.postpone(command.gap)
            for (const one of model) if (one.timer.awaitsInput) one.due += command.gap
          }
          // Looking moves what stands too early, so it is not looked every time.
          if (seq % 3 === 0) expect(heap.first).toBe(first())
          expect(heap.size).toBe(model.length)
          for (const [slot, one] of heap.all().entries()) expect(one.slot).toBe(slot)
        })
        const order = model.toSorted((a, b) => a.due - b.due || a.seq - b.seq)
        expect(drain(heap)).toEqual(order.map(({ timer, due }) => `${timer.name}@${due}`))
      }),
      { numRuns: 300 },
    )
  })
})
