import { expect, test } from 'vitest'
import { Evaluator } from './evaluator.ts'
import { Fold } from './fold.ts'
import { bareRuleSet } from './rules/rule-set.ts'

test('it knows which rule sets a replay from a position on needs', () => {
  const set = (hash: string) => ({ ...bareRuleSet([]), hash })
  const fold = new Fold({ rules: [], hash: 'a', name: 'hub', report: () => {} })
  const evaluator = new Evaluator({ fold, ruleSet: set('a'), earlier: new Map(), log: () => {} })
  fold.resume(10, 1, 1, 0)
  evaluator.begin()
  for (const [position, hash] of [
    [15, 'b'],
    [16, 'b'],
    [20, 'a'],
    [30, 'c'],
  ] as const) {
    fold.begin(position)
    evaluator.rule(set(hash))
  }
  expect(evaluator.inForceSince(9)).toBeUndefined()
  expect(evaluator.inForceSince(14)).toEqual(new Set(['a', 'b', 'c']))
  expect(evaluator.inForceSince(15)).toEqual(new Set(['b', 'a', 'c']))
  expect(evaluator.inForceSince(29)).toEqual(new Set(['a', 'c']))
  expect(evaluator.inForceSince(30)).toEqual(new Set(['c']))
  expect(evaluator.inForceSince(99)).toEqual(new Set(['c']))
})
