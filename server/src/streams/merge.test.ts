import { type OperatorFunction, of, pipe, map as rxMap } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow, metrics, Rig, states } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { changed } from './changed.ts'
import { filter } from './filter.ts'
import { map } from './map.ts'
import { merge } from './merge.ts'
import { stable } from './stable.ts'

const say = (text: string): OperatorFunction<Event, string> => map((event) => `${text}${event.metric}`)

describe('merge', () => {
  test.each<[string, OperatorFunction<Event, string>]>([
    [
      'of operators',
      merge(
        say('a'),
        pipe(
          filter((e) => e.metric === 2),
          say('b'),
        ),
        say('c'),
      ),
    ],
    [
      'of streams',
      (source) =>
        merge(
          source.pipe(say('a')),
          source.pipe(
            filter((e) => e.metric === 2),
            say('b'),
          ),
          source.pipe(say('c')),
        ),
    ],
    [
      "of streams with RxJS's operators in them",
      (source) =>
        merge(
          source.pipe(say('a')),
          source.pipe(
            rxMap((e) => e),
            filter((e) => e.metric === 2),
            say('b'),
          ),
          source.pipe(say('c')),
        ),
    ],
    [
      'within a merge',
      merge(
        say('a'),
        merge(
          pipe(
            filter((e) => e.metric === 2),
            say('b'),
          ),
          say('c'),
        ),
      ),
    ],
  ])('%s: each value goes through every branch, in their order', (_, operator) => {
    expect(flow(operator, metrics([1, 1], [2, 2]), 9)).toEqual(['1 a1', '1 c1', '2 a2', '2 b2', '2 c2'])
  })

  test('what follows it is one operator with one state, and is seen by the engine', () => {
    const operator = pipe(
      merge(
        filter<Event>(() => true),
        filter<Event>(() => true),
      ),
      changed((e) => e.metric),
    )
    expect(flow(operator, metrics([1, 1], [2, 1], [3, 2]), 9)).toEqual(['1 1', '3 2'])
    const rig = new Rig(() => [{ stream: operator }])
    expect(rig.fold.engine.rules[0]?.volatile).toBe(false)
    expect(rig.fold.engine.runs[0]?.scope.nodes.map(({ path }) => path)).toEqual([['rule 1', 'merge']])
    const streams: OperatorFunction<Event, Event> = (source) =>
      merge(source.pipe(filter(() => true)), source.pipe(rxMap((e) => e))).pipe(changed((e) => e.metric))
    expect(new Rig(() => [{ stream: streams }]).fold.engine.runs[0]?.scope.nodes[0]?.path).toEqual([
      'rule 1',
      'merge',
    ])
  })

  test('a branch that passes everything on, and the same branch twice', () => {
    const same: OperatorFunction<Event, Event> = (source) => source
    expect(flow(merge(same, same), metrics([1, 1]), 9)).toEqual(['1 1', '1 1'])
    expect(flow((source) => merge(source, source), metrics([1, 1]), 9)).toEqual(['1 1', '1 1'])
  })

  test('one branch is as good as none', () => {
    expect(flow(merge(say('a')), metrics([1, 1]), 9)).toEqual(['1 a1'])
  })

  test('a branch that throws does not harm the others', () => {
    const broken: OperatorFunction<Event, string> = map(() => {
      throw new Error('broken')
    })
    expect(flow(merge(broken, say('b')), metrics([1, 1]), 9)).toEqual(['1 b1', "rule 'rule 1', map: broken"])
  })

  test('inside of a by each key is its own, also when a timer speaks', () => {
    const branches = merge(
      stable('5s'),
      filter<Event>((e) => e.state === 'bad'),
    )
    expect(
      flow(
        by(
          'host',
          branches,
          changed((e) => e.state),
        ),
        [
          ...states([1, 'ok']).map(([second, parts]) => [second, { ...parts, host: 'a' }] as const),
          [2, { host: 'b', state: 'bad' }],
          [3, { host: 'a', state: 'bad' }],
        ],
        20,
      ),
    ).toEqual(['2 b bad', '3 a bad'])
  })

  test('is refused for what is no stream of the rule', () => {
    const build = (stream: OperatorFunction<Event, unknown>) => () => new Rig(() => [{ stream }])
    expect(build((source) => merge(source, of()))).toThrow(
      /merge: built while events flow, or on a stream that does not/,
    )
    expect(() => merge()).toThrow(/^merge: /)
    expect(build((outer) => outer.pipe(by('host', (inner) => merge(inner, outer))))).toThrow(
      /merge\(\) inside of a by\(\) can put together only streams of that by\(\)/,
    )
  })
})
