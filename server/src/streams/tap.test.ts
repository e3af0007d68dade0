import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import { Fold } from '../fold.ts'
import { rule } from '../rules/rule.ts'
import { play } from '../testing/play.ts'
import { at } from '../testing/timeline.ts'
import { alert } from './alert.ts'
import { by } from './by.ts'
import { fixedEventWindow } from './fixed-event-window.ts'
import { scale } from './scale.ts'
import { tap } from './tap.ts'

const told = alert({ summary: 'bad', notify: [] })
const input = [
  at('1s', { host: 'a', state: 'bad', metric: 1 }, { host: 'b', state: 'bad', metric: 2 }),
  at('2s', { host: 'a', state: 'bad', metric: 3 }),
]

test('play records what comes by, in both forms of by once, and it passes on', () => {
  const tapped = rule('r', { stream: by('host', tap('in'), scale(10), tap('scaled'), told) })
  const { taps, changes } = play(tapped, ...input)
  const heard = (seconds: number, name: string, metric: number) => ({
    at: seconds * 1_000_000,
    name,
    value: { metric },
  })
  expect(taps).toMatchObject([
    heard(1, 'in', 1),
    heard(1, 'scaled', 10),
    heard(1, 'in', 2),
    heard(1, 'scaled', 20),
    heard(2, 'in', 3),
    heard(2, 'scaled', 30),
  ])
  expect(changes).toHaveLength(2)
})

test('records lists', () => {
  const { taps } = play(rule('r', { stream: pipe(fixedEventWindow(2), tap('pairs')) }), ...input)
  expect(taps).toMatchObject([{ name: 'pairs', value: [{ host: 'a' }, { host: 'b' }] }])
})

test('does nothing in a hub', () => {
  const fold = new Fold({
    rules: [rule('r', { stream: by('host', tap('in'), told) })],
    name: 'hub',
    report: () => {},
  })
  fold.begin(1)
  fold.advance(1_000_000)
  fold.events(input.flat().map(({ event }) => event))
  expect(fold.decisions().changes).toHaveLength(2)
})
