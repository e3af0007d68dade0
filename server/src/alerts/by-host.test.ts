import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByHost } from './by-host.ts'

test('names by host are those of a list of pairs', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const host = fc.constantFrom('x', 'y', undefined)
  const command = fc.oneof(
    fc.tuple(fc.constant('set'), name, host),
    fc.tuple(fc.constant('delete'), name, host),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const names = new ByHost()
      let model: (readonly [name: string, host: string | undefined])[] = []
      for (const [what, name, host] of commands) {
        model = model.filter(([known]) => known !== name)
        if (what === 'set') {
          names.set(name, host)
          model.push([name, host])
        } else names.delete(name)
        expect([names.entries(), names.size]).toEqual([model, model.length])
        expect(names.all()).toEqual(model.map(([name]) => name))
        for (const one of ['x', 'y', undefined, 'z']) {
          expect(names.of(one)).toEqual(model.filter(([, host]) => host === one).map(([name]) => name))
          expect(names.first(one)).toBe(names.of(one)[0])
        }
        expect(names.has(name)).toBe(what === 'set')
        expect(names.hostOf(name)).toBe(what === 'set' ? host : undefined)
      }
    }),
  )
})
