import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { Dispatch, MEMO_LIMIT, MEMO_TEXT_LIMIT } from './dispatch.ts'
import { compileMatch, type Match } from './match.ts'

function dispatch(...matches: readonly (Match | undefined)[]) {
  const threw: string[] = []
  const table = new Dispatch(matches, (rule, error, event) => {
    threw.push(`${rule} ${error instanceof Error ? error.message : ''} ${event.host ?? ''}`)
  })
  const concerned = (event: Event) => {
    const { rules, count } = table.rulesFor(event)
    return rules.slice(0, count)
  }
  return {
    table,
    threw,
    concerned,
    rulesFor: (parts: Partial<Event>) => concerned(makeEvent({ time: 0, ...parts })),
  }
}

describe('the rules that an event concerns', () => {
  test('in the order of the configuration, whatever they are matched by', () => {
    const { rulesFor } = dispatch(
      { tagged: 'disk' },
      undefined,
      { service: 'df-*' },
      { host: 'db-1' },
      { state: 'ok' },
      { where: () => true },
      { service: 'df-root', host: 'web-1' },
      { host: /^db/, tagged: 'prod' },
      { not: { service: 'df-*' } },
      { tagged: ['prod', 'disk'] },
    )
    expect(rulesFor({ host: 'db-1', service: 'df-root', state: 'ok', tags: ['prod', 'disk'] })).toEqual([
      0, 1, 2, 3, 4, 5, 7, 9,
    ])
    expect(rulesFor({ host: 'web-1', service: 'df-root' })).toEqual([1, 2, 5, 6])
    expect(rulesFor({})).toEqual([1, 5, 8])
  })

  test('the same again, from memory', () => {
    const { rulesFor } = dispatch({ service: 'a' }, { service: '*' }, { service: /./ })
    for (const _ of [1, 2, 3]) {
      expect([rulesFor({ service: 'a' }), rulesFor({ service: 'b' }), rulesFor({})]).toEqual([
        [0, 1, 2],
        [1, 2],
        [],
      ])
    }
  })

  test('a tag that is there twice concerns a rule once, and its `where` is asked once', () => {
    const asked = vi.fn(() => true)
    const { rulesFor } = dispatch({ tagged: 'x', where: asked }, { tagged: 'x', where: () => false })
    expect(rulesFor({ tags: ['x', 'y', 'x', 'x'] })).toEqual([0])
    expect(asked).toHaveBeenCalledTimes(1)
  })

  test('a `where` that throws concerns nothing, is told once, and harms no other rule', () => {
    const { rulesFor, threw } = dispatch(
      { where: () => true },
      {
        tagged: 'x',
        where: (e) => {
          throw new Error(`no ${e.metric}`)
        },
      },
      { host: 'h' },
    )
    expect(rulesFor({ host: 'h', metric: 3, tags: ['x', 'x'] })).toEqual([0, 2])
    expect(threw).toEqual(['1 no 3 h'])
  })
})

describe('is the same as asking every rule', () => {
  const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'abc', '')
  const pattern = fc.oneof(
    word,
    fc.constantFrom('*', 'a*', '*b', 'a*b', '*b*'),
    fc.constantFrom(/a/, /b$/g, /^ab/),
    fc.array(fc.constantFrom('a', 'b*', /c/), { maxLength: 3 }),
  )
  const where = fc.constantFrom(
    (e: Event) => (e.metric ?? 0) > 5,
    (e: Event) => e.host === undefined,
    (): boolean => {
      throw new Error('thrown')
    },
  )
  const query = fc.constantFrom(
    'service = "a"',
    'service = nil and host =~ "a%"',
    'host = "a" and service ~= "b" and metric > 5',
    'host = "ab" or host = "a"',
    'tagged "a" and not tagged "b"',
    'state = "a" or metric < 3',
    'host = "a" and host = "b"',
    'host = service',
  )
  const plain = {
    query,
    host: pattern,
    service: pattern,
    state: pattern,
    tagged: fc.oneof(word, fc.array(word, { maxLength: 2 })),
    attributes: fc.dictionary(fc.constantFrom('x', 'y'), pattern, { maxKeys: 2, noNullPrototype: true }),
  }
  const match: fc.Arbitrary<Match> = fc.record(
    {
      ...plain,
      where,
      not: fc.oneof(fc.record(plain, { requiredKeys: [] }), fc.constant([{ host: 'a' }, { service: 'b' }])),
    },
    { requiredKeys: [] },
  )
  const event = fc
    .record(
      {
        host: word,
        service: word,
        state: word,
        metric: fc.nat(10),
        tags: fc.array(word, { maxLength: 4 }),
        attributes: fc.dictionary(fc.constantFrom('x', 'y'), word),
      },
      { requiredKeys: [] },
    )
    .map((parts) => makeEvent({ time: 0, ...parts }))

  test('for any rules and events', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(match, { nil: undefined, freq: 10 }), { maxLength: 8 }),
        fc.array(event, { minLength: 1, maxLength: 12 }),
        (matches, events) => {
          const { concerned } = dispatch(...matches)
          const tests = matches.map((match) => compileMatch(match))
          for (const one of events) {
            const naive = tests.flatMap((test, rule) => {
              try {
                return test(one) ? [rule] : []
              } catch {
                return []
              }
            })
            expect(concerned(one)).toEqual(naive)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('the memo', () => {
  test('starts anew when it is full, counted, and answers as before', () => {
    const { table, rulesFor } = dispatch({ service: 's*' }, { host: 'h' })
    for (let n = 0; n <= MEMO_LIMIT; n++) rulesFor({ service: `s${n}` })
    expect(table.memoResets).toBe(1)
    expect([rulesFor({ service: 's0', host: 'h' }), rulesFor({ service: 'x' })]).toEqual([[0, 1], []])
  })

  test('does not keep long texts, nor tags', () => {
    const { table, rulesFor } = dispatch({ service: 's*' }, { tagged: 't' })
    const long = 's'.repeat(MEMO_TEXT_LIMIT)
    for (let n = 0; n <= MEMO_LIMIT; n++) rulesFor({ service: `${long}${n}`, tags: [`${n}`] })
    expect(rulesFor({ service: `${long}1`, tags: ['1', 't'] })).toEqual([0, 1])
    expect(table.memoResets).toBe(0)
  })

  test('many distinct tags do not make an event dear', () => {
    const { rulesFor } = dispatch(...Array.from({ length: 1000 }, (_, n) => ({ tagged: `tag ${n}` })))
    const tags = Array.from({ length: 10_000 }, (_, n) => `tag ${n + 500}`)
    expect(rulesFor({ tags })).toHaveLength(500)
  })
})
