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

  test('with a wrong duration is refused', () => {
    expect(() => by({ keys: 'host', idle: '0x5m' }, pass)).toThrow("'0x5m' is not a duration")
  })

  test.each([0, -1, 1.5, Number.NaN])('with room for %d groups is refused', (max) => {
    expect(() => by({ keys: 'host', max }, pass)).toThrow('max has to be a whole number of at least 1')
  })
})
