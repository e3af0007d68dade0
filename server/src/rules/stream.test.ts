import { type Observable, map as rxMap, merge as rxMerge, share } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { Rig } from './rig.fixture.ts'
import { isStream } from './scope.ts'
import { stage } from './stage.ts'
import { Output, Stream } from './stream.ts'

/** The stream that a rule begins with, and its scope, while it is being built. */
function inRule(look: (source: Stream<Event>) => void): Rig {
  return new Rig(() => [
    {
      name: 'r',
      stream: (source) => {
        if (isStream<Event>(source)) look(source)
        return source
      },
    },
  ])
}
const pass = <T>() => stage<T, T>('pass', (value, output) => output.next(value))

describe('a stream of a rule', () => {
  test("keeps its place through RxJS's operators, and marks the rule", () => {
    inRule((source) => {
      const { scope } = source.site
      const ours = source.pipe(pass())
      expect([isStream(ours) && ours.site.path, scope.foreign]).toEqual([['r', 'pass'], false])
      const through = source.pipe(
        rxMap((e) => e),
        share(),
        pass(),
        rxMap((e) => e),
      )
      expect(isStream(through) && [through.site.path, through.site.scope === scope]).toEqual([
        ['r', 'rxjs', 'rxjs', 'pass', 'rxjs'],
        true,
      ])
      expect(scope.foreign).toBe(true)
    })
  })

  test("is lost in RxJS's own merge, as in whatever else makes a new observable", () => {
    inRule((source) => {
      expect(isStream(rxMerge(source, source))).toBe(false)
    })
  })
})

describe('what comes out of an operator of ours', () => {
  /** An output whose operator notes that it was connected. */
  function output() {
    const connected: number[] = []
    const [run] = new Rig(() => [{ stream: pass() }]).fold.engine.runs
    if (run === undefined) throw new Error('no rule')
    return { connected, output: new Output<string>({ scope: run.scope, path: [] }, () => connected.push(1)) }
  }
  const into = (seen: string[], name: string) => ({
    next: (value: string) => void seen.push(`${name}${value}`),
  })

  test('goes to every sink and subscriber in the order in which they came', () => {
    const { output: out } = output()
    const seen: string[] = []
    out.attach(into(seen, 'a'))
    out.subscribe(into(seen, 'b'))
    out.attach(into(seen, 'c'))
    out.next('1')
    expect(seen).toEqual(['a1', 'b1', 'c1'])
  })

  test('is connected to its source once, when the first comes', () => {
    const { output: out, connected } = output()
    expect(connected).toEqual([])
    out.subscribe()
    out.attach({ next: () => {} })
    expect(connected).toEqual([1])
  })

  test('no longer goes to who has left; leaving in the middle of a value harms nobody', () => {
    const { output: out } = output()
    const seen: string[] = []
    const leaving = out.subscribe((value) => {
      seen.push(`a${value}`)
      leaving.unsubscribe()
    })
    out.subscribe(into(seen, 'b'))
    out.next('1')
    out.next('2')
    expect(seen).toEqual(['a1', 'b1', 'b2'])
  })

  test('is an observable as any', () => {
    const { output: out } = output()
    const plain: Observable<string> = out
    expect(plain).toBeInstanceOf(Stream)
    const seen: string[] = []
    plain.pipe(rxMap((value) => value.toUpperCase())).subscribe((value) => seen.push(value))
    out.next('x')
    expect(seen).toEqual(['X'])
  })
})
