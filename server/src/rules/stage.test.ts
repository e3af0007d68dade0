import { map as rxMap } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { flow, metrics, Rig } from './rig.fixture.ts'
import { stage } from './stage.ts'

const twice = stage<{ readonly metric?: number | undefined }, number>('twice', ({ metric = 0 }, output) => {
  output.next(metric)
  if (metric === 13) throw new Error('thirteen')
  output.next(metric)
})

describe('a stage', () => {
  test('may emit any number of values', () => {
    expect(flow(twice, metrics([1, 5], [2, 6]), 9)).toEqual(['1 5', '1 5', '2 6', '2 6'])
  })

  test('that throws drops the value from there on, counted and told', () => {
    expect(flow(twice, metrics([1, 13], [2, 6]), 9)).toEqual([
      '1 13',
      '2 6',
      '2 6',
      "rule 'rule 1', twice: thirteen",
    ])
  })

  test("is not blamed for what throws below it, be it ours or RxJS's", () => {
    const broken = (): never => {
      throw new Error('below')
    }
    const rig = new Rig(() => [
      { stream: (source) => source.pipe(twice, stage('broken', broken)) },
      { stream: (source) => source.pipe(twice, rxMap(broken)) },
    ])
    rig.send(1, { metric: 1 })
    expect(rig.failures).toEqual(["rule 'rule 1', broken: below", "rule 'rule 2', rule 2: below"])
    expect(rig.fold.engine.rules.map(({ errors }) => errors)).toEqual([2, 1])
  })

  test('is refused outside of a rule', () => {
    expect(() => twice(undefined as never)).toThrow(/^twice: built while events flow/)
  })
})
