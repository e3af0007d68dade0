import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { compileMatch, compileText, type Match, type TextPattern } from './match.ts'

describe('a text pattern', () => {
  test.each<[TextPattern, readonly string[], readonly (string | undefined)[]]>([
    ['cpu', ['cpu'], ['', 'cpu ', 'xcpu', 'CPU', undefined]],
    ['', [''], ['a', undefined]],
    ['*', ['', 'a', 'a/b\n'], [undefined]],
    ['df-*', ['df-', 'df-root'], ['df', 'xdf-root', undefined]],
    ['*-free', ['-free', 'df-free'], ['free', '-free ', '-freed']],
    ['df-*/free', ['df-/free', 'df-a/b/free'], ['df-free', 'df-/fre', 'df-root/used']],
    ['a*b*c', ['abc', 'aXbYc', 'abbcc', 'acbc'], ['ac', 'abcX', 'acb']],
    ['a*a', ['aa', 'aXa'], ['a']],
    ['ab*bc', ['abbc', 'abXbc'], ['abc']],
    ['**', ['', 'x'], [undefined]],
    ['a**b', ['ab', 'aXb'], ['a', 'b']],
    ['*a*', ['a', 'bab'], ['b', '']],
    ['*aa*aa*', ['aaaa', 'xaaxaax'], ['aaa']],
    ['a.c', ['a.c'], ['abc']],
    ['a?', ['a?'], ['a', 'ab']],
    ['[a-z]*', ['[a-z]1'], ['b1']],
    [/free/, ['free', 'df-free-x'], ['used', undefined]],
    [/^df/i, ['DF', 'df-x'], ['xdf']],
    [/undefined/, ['undefined'], [undefined]],
    [
      ['cpu', 'mem*', /^df/],
      ['cpu', 'memory', 'df-root'],
      ['cpus', 'xmem', undefined],
    ],
    [[], [], ['', 'a', undefined]],
  ])('%j matches %j and not %j', (pattern, matched, others) => {
    const test = compileText(pattern)
    for (const text of matched) expect([text, test(text)]).toEqual([text, true])
    for (const text of others) expect([text, test(text)]).toEqual([text, false])
  })

  test('a regular expression with g or y keeps no state between texts, and is not touched', () => {
    for (const pattern of [/df/g, /df/y, /df/gy]) {
      const test = compileText(pattern)
      expect([test('df-root'), test('df-root'), test('df-var')]).toEqual([true, true, true])
      expect(pattern.lastIndex).toBe(0)
    }
  })

  test('wildcards are those of a regular expression that has .* in their place', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '*', '.'), { maxLength: 8 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const regexp = new RegExp(`^${pattern.split('*').map(RegExp.escape).join('[^]*')}$`)
        expect(compileText(pattern)(subject)).toBe(regexp.test(subject))
      }),
      { numRuns: 2000 },
    )
  })

  test('a pattern that would make a regular expression run for years is answered at once', () => {
    const test = compileText(`${'a*'.repeat(50)}b`)
    expect(test('a'.repeat(20_000))).toBe(false)
  })
})

const attributes = (parts: Record<string, string>) => Object.assign(Object.create(null), parts)
const event = makeEvent({
  host: 'db-1',
  service: 'df-root',
  state: 'ok',
  metric: 4,
  time: 0,
  tags: ['disk', 'prod'],
  attributes: attributes({ rack: 'r7', __proto__x: 'y' }),
})

describe('a match', () => {
  test.each<[boolean, Match | undefined]>([
    [true, undefined],
    [true, {}],
    [true, { host: 'db-*' }],
    [false, { host: 'web-*' }],
    [true, { host: 'db-*', service: 'df-*', state: 'ok' }],
    [false, { host: 'db-*', service: 'df-*', state: 'critical' }],
    [true, { tagged: 'disk' }],
    [true, { tagged: ['prod', 'disk'] }],
    [false, { tagged: ['prod', 'web'] }],
    [true, { tagged: [] }],
    [true, { attributes: { rack: 'r*' } }],
    [false, { attributes: { rack: 'r7', row: '*' } }],
    [false, { attributes: { constructor: /./, toString: '*' } }],
    [true, { where: (e) => (e.metric ?? 0) < 5 }],
    [false, { host: 'db-1', where: () => false }],
    [false, { not: {} }],
    [false, { not: { tagged: 'disk' } }],
    [true, { not: { tagged: 'notification' } }],
    [true, { not: [{ host: 'web-1' }, { state: 'critical' }] }],
    [false, { not: [{ host: 'web-1' }, { state: 'ok' }] }],
    [true, { not: [] }],
    [true, { not: { not: { host: 'db-1' } } }],
    [true, { not: { host: 'db-1', service: 'cpu' } }],
  ])('%s: %j', (expected, match) => {
    expect(compileMatch(match)(event)).toBe(expected)
  })

  test('an absent field matches no pattern, and so is matched by `not`', () => {
    const bare = makeEvent({ time: 0 })
    expect(compileMatch({ host: '*' })(bare)).toBe(false)
    expect(compileMatch({ not: { host: '*' } })(bare)).toBe(true)
  })

  test('`where` is asked last, and only about events that the rest lets through', () => {
    const asked: Event[] = []
    const where = (e: Event) => asked.push(e) > 0
    const test = compileMatch({ where, host: 'db-*', not: { state: 'critical' } })
    test(makeEvent({ ...event, host: 'web-1' }))
    test(makeEvent({ ...event, state: 'critical' }))
    expect(asked).toEqual([])
    expect(test(event)).toBe(true)
    expect(asked).toEqual([event])
  })

  test('members that are to be skipped are not asked for', () => {
    expect(compileMatch({ service: 'cpu', host: 'db-1' }, 'service')(event)).toBe(true)
    expect(compileMatch({ service: 'cpu', host: 'db-2' }, 'service')(event)).toBe(false)
  })
})
