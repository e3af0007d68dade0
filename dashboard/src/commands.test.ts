import { expect, test } from 'vitest'
import { commands } from './commands.ts'

const page = { hostname: 'hub.example', origin: 'http://hub.example:5556' }

const ends = (riemann: string | null) =>
  commands({ riemann, http: 'x' }, page).map(({ text }) => text.split(' --metric').at(-1))

test.each([
  ['127.0.0.1:5555', '-d 1 127.0.0.1 5555', ' 1'],
  ['127.0.0.1:6666', '-d 1 127.0.0.1 6666', ' 1 --to 127.0.0.1:6666'],
  ['0.0.0.0:5555', '-d 1 hub.example 5555', ' 1 --to hub.example:5555'],
  ['[::]:5555', '-d 1 hub.example 5555', ' 1 --to hub.example:5555'],
  ['[fd00::1]:5555', '-d 1 fd00::1 5555', ' 1 --to [fd00::1]:5555'],
])('a hub that listens on %s is sent to with %s and%s', (address, riemannClient, weir) => {
  expect(ends(address).slice(0, 2)).toEqual([riemannClient, weir])
})

test('collectd posts to where the page comes from, the only way when there is no other listener', () => {
  const [collectd, ...others] = commands({ riemann: null, http: 'x' }, page)
  expect(collectd?.text).toContain('URL "http://hub.example:5556/collectd"')
  expect(others).toEqual([])
})
