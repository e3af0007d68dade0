import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { Rig } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { filter } from './filter.ts'

const pass = filter<Event>(() => true)

// What the groups of a by do is told in rules/keyed.test.ts.
describe('by', () => {
  test('is named after its keys', () => {
    const rack = (event: Event) => event.attributes.rack
    const names = [
      by('host', pass),
      by(['host', 'service'], pass),
      by({ keys: ['state', rack] }, pass),
      by((event) => event.state, pass),
    ].map((operator) => new Rig(() => [{ stream: operator }]).fold.engine.runs[0]?.scope.nodes[0]?.name)
    expect(names).toEqual(['by(host)', 'by(host,service)', 'by(state,rack)', 'by(fn)'])
  })

  test('without a key is refused', () => {
    expect(() => by([], pass)).toThrow("it needs a key: by('host', …)")
  })

  test.each<[unknown, string]>([
    ['hots', `there is no key "hots"; there are host, service, state, and functions of the event`],
    [undefined, 'there is no key undefined;'],
    [['host', 'rack'], 'there is no key "rack";'],
    [{ keys: 'host', idel: '1h' }, "there is no option 'idel'; there are keys, idle, max, separate"],
  ])('what types would have found is refused without them: %j', (keys, problem) => {
    expect(() => by(keys as 'host', pass)).toThrow(`rule 'by': ${problem}`)
  })

  test('with something that is no operator is refused', () => {
    const typo: unknown = undefined
    expect(() => by('host', pass, typo as typeof pass)).toThrow(
      "rule 'by': what stands at place 2 after the keys is no operator: undefined",
    )
  })

  test('with a wrong duration is refused', () => {
    expect(() => by({ keys: 'host', idle: '0x5m' }, pass)).toThrow("'0x5m' is not a duration")
  })

  test.each([0, -1, 1.5, Number.NaN])('with room for %d groups is refused', (max) => {
    expect(() => by({ keys: 'host', max }, pass)).toThrow('max has to be a whole number of at least 1')
  })
})
