import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { matches } from '../../../server/src/streams/match.ts'
import { evaluate, functionOf, patternOf } from './expressions.ts'
import { toRiemann, toWeir } from './values.ts'
import { VOCABULARY } from './vocabulary.ts'

const event = toWeir({ host: 'h', service: 's', metric: 3, time: 7, tags: ['a', 'b'], rack: 'r1' }, 0)
const env = { now: () => 9, vars: { x: 5, none: null }, event }

/** What vectors/README.md says of each form of expression. */
test.each<[expression: unknown, value: unknown]>([
  [null, null],
  [
    [1, 'a', true, { var: 'x' }],
    [1, 'a', true, 5],
  ],
  [{ field: 'metric' }, 3],
  [{ field: 'time' }, 7],
  [{ field: 'rack' }, 'r1'],
  [{ field: 'state' }, null],
  [{ var: 'x' }, 5],
  [{ get: [{ event: true }, 'tags'] }, ['a', 'b']],
  [{ get: [null, 'host'] }, null],
  [{ get: [{ literal: { metric: 4 } }, 'metric'] }, 4],
  [{ and: [] }, true],
  [{ and: [0, '', { literal: [] }, 'last'] }, 'last'],
  [{ and: [1, null, { '+': [null] }] }, null],
  [{ or: [] }, null],
  [{ or: [null, false, 0, { '+': [null] }] }, 0],
  [{ or: [null, false] }, false],
  [{ not: null }, true],
  [{ not: 0 }, false],
  [{ if: [{ field: 'state' }, 1, 2] }, 2],
  [{ if: [0, 1, 2] }, 1],
  [{ if: [null, 1] }, null],
  [{ '=': [1, 1, 1] }, true],
  [
    {
      '=': [
        [1, 'a'],
        [1, 'a'],
      ],
    },
    true,
  ],
  [{ '=': [null, { field: 'state' }] }, true],
  [{ 'not=': [1, 1, 2] }, true],
  [{ '<': [1, 2, 3] }, true],
  [{ '<': [1, 3, 2] }, false],
  [{ '<=': [-2, { field: 'metric' }, 3] }, true],
  [{ '>': [{ field: 'metric' }, 2] }, true],
  [{ '>=': [3, 3, 4] }, false],
  [{ '+': [1, 2, 3] }, 6],
  [{ '-': [5, 2, 1] }, 2],
  [{ '-': [5] }, -5],
  [{ '*': [2, 3, 4] }, 24],
  [{ '/': [12, 3, 2] }, 2],
  [{ '/': [4] }, 0.25],
  [{ mod: [-3, 4] }, 1],
  [{ mod: [3, -4] }, -1],
  [{ mod: [8, 4] }, 0],
  [{ max: [1, 5, 2] }, 5],
  [{ min: [1, 5, 2] }, 1],
  [{ str: ['a', null, 5, true, 1.5] }, 'a5true1.5'],
  [{ count: null }, 0],
  [{ count: { field: 'tags' } }, 2],
  [{ count: 'abc' }, 3],
  [{ first: { field: 'tags' } }, 'a'],
  [{ last: { field: 'tags' } }, 'b'],
  [{ first: null }, null],
  [{ 'nil?': { field: 'state' } }, true],
  [{ 'even?': 4 }, true],
  [{ 'even?': -3 }, false],
  [{ get: [{ assoc: [{ event: true }, 'metric', 1, 'rack', 'r2'] }, 'rack'] }, 'r2'],
  [{ map: ['metric', { list: [{ event: true }, { event: true }] }] }, [3, 3]],
  [{ apply: [{ builtin: '+' }, 1, { list: [2, 3] }] }, 6],
  [{ list: [1, { var: 'x' }] }, [1, 5]],
  [{ 'expired?': true }, false],
  [{ 'tagged-all?': ['a', 'b'] }, true],
  [{ 'tagged-all?': ['a', 'c'] }, false],
  [{ 'tagged-any?': ['c', 'b'] }, true],
  [{ 'tagged-any?': [] }, false],
  [{ now: true }, 9],
  [{ ratio: [1, 8] }, 0.125],
  [{ const: 'infinity' }, Number.POSITIVE_INFINITY],
  [{ const: '-infinity' }, Number.NEGATIVE_INFINITY],
  [{ literal: [1, 'NaN'] }, [1, Number.NaN]],
  [{ is: ['host', 'x', { regex: '^h$' }] }, true],
  [{ is: ['state', 'ok', null] }, true],
  [{ is: ['metric', { builtin: 'even?' }] }, false],
  [{ tagged: ['c', 'a'] }, true],
  [{ tagged: [['a', 'c']] }, false],
  [{ tagged: ['x', ['a', 'b']] }, true],
  [{ 'tagged-all': [['b', 'a']] }, true],
  [{ 'tagged-any': [['x', 'b']] }, true],
  [{ 'tagged-any': ['x', 'y'] }, false],
])('%j is %j', (expression, value) => {
  expect(evaluate(expression, env)).toEqual(value)
})

test.each([
  { '+': [null] },
  { '-': [1, null] },
  { '<': [1, null] },
  { '>': [{ field: 'state' }, 1] },
  { '/': [1, 0] },
  { mod: [1, 0] },
  { max: [null] },
  { 'even?': 1.5 },
  { 'even?': null },
  { is: ['tags', ['a', 'b']] },
  { assoc: [1, 'a', 2] },
])('%j throws', (expression) => {
  expect(() => evaluate(expression, env)).toThrow()
})

test.each<[fn: unknown, args: readonly unknown[], value: unknown]>([
  ['rack', [event], 'r1'],
  [{ lambda: ['a', 'b'], body: { '+': [{ var: 'a' }, { field: 'metric' }] } }, [4, event], 7],
  [{ lambda: ['a'], body: { '+': [{ var: 'a' }, { var: 'x' }] } }, [1], 6],
  [{ builtin: 'expired?' }, [event], false],
  [{ builtin: 'identity' }, [null], null],
  [{ builtin: 'pos?' }, [3], true],
  [{ builtin: 'even?' }, [3], false],
  [{ builtin: 'str' }, ['a', null, 2], 'a2'],
  [{ builtin: '-' }, [5, 3], 2],
  [{ builtin: 'count' }, [[1, 2]], 2],
  [{ builtin: 'sum-of-numbers' }, [[]], 0],
  [{ builtin: 'sum-of-numbers' }, [[1, 2]], 3],
  [{ builtin: 'max-of-numbers' }, [[1, 2]], 2],
  [{ where: { is: ['host', 'h'] } }, [event], true],
  [{ stream: { op: 'tagged-any', tags: 'b' } }, [event], true],
  [{ stream: { op: 'tagged-all', tags: ['b', 'c'] } }, [event], null],
  [{ stream: { op: 'where', expr: { field: 'metric' } } }, [event], 3],
  [{ stream: { op: 'where*', fn: 'metric' } }, [event], 3],
  [{ stream: { op: 'match', fn: 'host', value: 'h' } }, [event], true],
  [{ stream: { op: 'expired' } }, [event], null],
])('%j of %j is %j', (fn, args, value) => {
  expect(functionOf(fn, env)(...args)).toEqual(value)
})

test.each<[pattern: unknown, value: unknown, expected: boolean]>([
  [{ regex: 'a+b' }, 'xaab', true],
  [{ regex: '(?i)AB' }, 'xab', true],
  [{ regex: '1' }, 1, false],
  [{ set: ['a', null] }, null, true],
  [{ set: ['a', 1] }, 'b', false],
  [{ builtin: 'pos?' }, 1, true],
  [{ lambda: ['v'], body: { '<': [{ var: 'v' }, 3] } }, 2, true],
  [{ pattern: { host: { regex: '^h' }, state: null, rack: 'r1' } }, toRiemann(event), true],
  [{ pattern: { host: { set: ['x'] } } }, toRiemann(event), false],
  [{ ratio: [1, 2] }, 0.5, true],
  [null, undefined, true],
  [null, false, false],
  [false, false, true],
  [4, 4, true],
  ['4', 4, false],
])('%j meets %j: %s', (pattern, value, expected) => {
  expect(matches(patternOf(pattern, env), value)).toBe(expected)
})

test('an array as a pattern throws when something is held against it', () => {
  const pattern = patternOf(['a'], env)
  expect(() => matches(pattern, ['a'])).toThrow()
})

describe('vectors/README.md', () => {
  const readme = readFileSync(join(import.meta.dirname, '../vectors/README.md'), 'utf8')
  const tree = readme.slice(readme.indexOf('\n## The stream tree'), readme.indexOf('\n## Expressions'))
  const ops = [...tree.matchAll(/^\| ((?:`[^`|]+`(?:, )?)+) \|.*\|.*\|$/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )

  test('names no op that the runner does not know', () => {
    expect(ops.length).toBeGreaterThan(70)
    const known = new Set([...Object.keys(VOCABULARY.operators), ...Object.keys(VOCABULARY.trees ?? {})])
    expect(ops.filter((name) => !known.has(name))).toEqual([])
  })
})
