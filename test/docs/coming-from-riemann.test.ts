import { expect, test } from 'vitest'
import * as weirHub from 'weir-hub'
import { DIFFERENCES } from '../conformance/streams/differences.ts'
import { STREAM_FILES, type StreamVector } from '../conformance/streams/vector.ts'
import { vectors } from '../conformance/vectors.ts'
import { cellsOf } from './pages.ts'

const PAGE = 'docs/coming-from-riemann.md'

/** All names in backticks. */
const named = (cells: readonly string[]) =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))

test('every stream function and fold that a vector has is in the tables', () => {
  const rows = [...cellsOf(PAGE, "Riemann's stream"), ...cellsOf(PAGE, "Riemann's fold")]
  const covered = STREAM_FILES.flatMap((file) => vectors<StreamVector>(file)).flatMap(
    ([, { covers }]) => covers,
  )
  const names = new Set(named(rows.map(([name = '']) => name)))
  expect([...new Set(covered)].filter((name) => !names.has(name))).toEqual([])
})

test('what Weir has in their place is there', () => {
  const rows = [...cellsOf(PAGE, "Riemann's stream"), ...cellsOf(PAGE, "Riemann's fold")]
  const calls = named(rows.map(([, weir = '']) => weir))
    .filter((code) => /^[a-z]\w*(\(|$)|^folds\.\w+/.test(code))
    .map((code) => /^(?:folds\.)?\w+/.exec(code)?.[0] ?? code)
  const there = new Set([
    ...Object.keys(weirHub),
    ...Object.keys(weirHub.folds).map((name) => `folds.${name}`),
    ...['pipe', 'tags', 'play', 'otherwise', 'else'],
  ])
  expect(calls.filter((name) => !there.has(name))).toEqual([])
})

test('what differs by choice is what the conformance test takes for it', () => {
  expect(cellsOf(PAGE, 'Weir')).toEqual(DIFFERENCES.map(({ what, reason }) => [what, reason]))
})
