import { expect, test } from 'vitest'
import { lostKeys } from './alert-keys.ts'
import type { NodeShape } from './carry.ts'

const node = (name: string, ...inner: readonly NodeShape[]): NodeShape => ({
  name,
  version: 1,
  params: [],
  path: [],
  inner,
})
const alert = node('alert')

test.each<[string, readonly NodeShape[], readonly NodeShape[], readonly number[]]>([
  ['the same', [node('by(host)', alert)], [node('by(host)', alert)], []],
  ['other operators around', [node('by(host)', alert)], [node('x'), node('by(host)', node('y'), alert)], []],
  ['one key more', [node('by(host)', alert)], [node('by(host,service)', alert)], [1]],
  ['another key', [node('by(host,service)', alert)], [node('by(host,rack)', alert)], [2]],
  [
    'split twice in place of once',
    [node('by(host,service)', alert)],
    [node('by(host)', node('by(service)', alert))],
    [2],
  ],
  ['not split any more', [node('by(host)', node('by(service)', alert))], [alert], [2]],
  ['split now', [alert], [node('by(host)', alert)], [0]],
  ['no alert any more', [node('by(host)', alert)], [node('by(host)')], [1]],
  ['one of two is left', [alert, node('by(host)', alert)], [node('by(host)', alert)], [0]],
  [
    'one of two with as many keys is left: it may be either',
    [node('by(host)', alert), node('by(rack)', alert)],
    [node('by(rack)', alert)],
    [],
  ],
])('%s', (_, before, after, lost) => {
  expect([...lostKeys(before, after)]).toEqual(lost)
})
