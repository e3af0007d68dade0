import { bufferTime, filter as rxFilter } from 'rxjs'
import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { loadFold, saveFold } from '../checkpoint.ts'
import { SECOND } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import { by } from '../streams/by.ts'
import { changed } from '../streams/changed.ts'
import { map } from '../streams/map.ts'
import { rule } from './rule.ts'

// That a checkpoint changes nothing is told in ../checkpoint.test.ts; here is what it can't keep.

/** Which metrics came together in two seconds, for each host. */
function pairs(seen: string[]): Fold {
  const stream = by(
    'host',
    changed((event) => event.metric),
    bufferTime(2000),
    rxFilter((list) => list.length > 0),
    map((list) => seen.push(list.map(({ host, metric }) => `${host} ${metric}`).join(', '))),
  )
  return new Fold({ rules: [rule('pairs', { stream })], name: 'hub', report: () => {} })
}
const send = (fold: Fold, second: number, ...metrics: readonly number[]) => {
  fold.begin(fold.position + 1)
  fold.advance(second * SECOND)
  fold.events(metrics.map((metric) => makeEvent({ time: 0, host: 'a', metric })))
}

test("groups with RxJS's operators are made again, on the clock of the hub; what those held is lost, our cells are not", () => {
  const before: string[] = []
  const fold = pairs(before)
  send(fold, 1, 1, 2)
  send(fold, 3.5, 3)
  const after: string[] = []
  const again = pairs(after)
  loadFold(again, saveFold(fold))
  send(again, 4, 3, 4)
  send(again, 60)
  expect([before, after]).toEqual([['a 1, a 2'], ['a 4']])
  expect(again.clock.timers).toBeGreaterThan(0)
})
