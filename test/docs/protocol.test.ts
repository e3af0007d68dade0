import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DECODE, ENCODE, FRAME, INDEX, TCP, UDP } from '../conformance/differences.ts'
import { firstCells, pageText, ROOT } from './pages.ts'

test('docs/protocol.md tells of each difference from Riemann that the conformance tests allow, and of no other', () => {
  const tables = [DECODE, ENCODE, FRAME, TCP, UDP, INDEX]
  const whats = new Set(tables.flatMap((table) => table.map(({ what }) => what)))
  expect(firstCells('docs/protocol.md', 'Weir').toSorted()).toEqual([...whats].toSorted())
})

test('the reasons of weir_rejected_total are those that docs/protocol.md, inputs.md and api.md name', () => {
  const source = globSync('{server/src/{ingest,api},protocol/src}/**/*.ts', { cwd: ROOT })
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
    .map(pageText)
    .join('\n')
  const given = [
    ...source.matchAll(/rejected\((?:(?:'\w+'|transport), )?'([\w-]+)'\)/g),
    ...source.matchAll(/#refuse\(\s*'([\w-]+)'/g),
    ...source.matchAll(/reason: '([\w-]+)'/g),
    ...[...source.matchAll(/export type (?:ProtocolReason|Refusal|Unread) =(.*)/g)].flatMap(
      ([, union = '']) => [...union.matchAll(/'([\w-]+)'/g)],
    ),
  ].map(([, reason]) => reason)
  const pages = ['docs/protocol.md', 'docs/inputs.md', 'docs/api.md'].map(pageText).join('\n')
  const told = [...pages.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, name]) => name)
  expect(new Set(given).size).toBeGreaterThan(15)
  expect([...new Set(given)].filter((reason) => !told.includes(reason))).toEqual([])
})
