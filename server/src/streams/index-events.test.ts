import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import { Rig } from '../rules/rig.fixture.ts'
import { index } from './index-events.ts'

test('index keeps the latest event of a host and service, passes it on, and an expired copy goes through all rules', () => {
  const rig = new Rig((rig) => [
    { stream: pipe(index(), rig.note('indexed')) },
    { stream: rig.note('heard') },
  ])
  rig.send(1, { host: 'a', service: 's', metric: 7, ttl: 5 })
  expect(rig.fold.index.lookup('a', 's')).toMatchObject({ metric: 7 })
  rig.run(9)
  expect(rig.seen).toEqual([
    '1 indexed a s 7',
    '1 heard a s 7',
    '6 indexed a s expired',
    '6 heard a s expired',
  ])
  expect(rig.fold.index.size).toBe(0)
})

test('index of an event that the index refuses drops nothing', () => {
  const rig = new Rig((rig) => [{ stream: pipe(index(), rig.note()) }], { indexLimit: 1 })
  rig.send(1, { host: 'a' }, { host: 'b' })
  expect(rig.seen).toEqual(['1 a', '1 b'])
  expect(rig.fold.index.counters.refused).toBe(1)
})
