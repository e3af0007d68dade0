import { expect, test } from 'vitest'
import { filterIn, withFilter } from './address.ts'

test.each([
  ['http://hub/', '', 'http://hub/'],
  ['http://hub/', '  ', 'http://hub/'],
  ['http://hub/?q=old', '', 'http://hub/'],
  ['http://hub/weir/?a=1#x', 'web', 'http://hub/weir/?a=1&q=web#x'],
  ['http://hub/?q=old', 'host:"a b"', 'http://hub/?q=host%3A%22a+b%22'],
  ['http://hub/', 'ü&q=%', 'http://hub/?q=%C3%BC%26q%3D%25'],
])('%s with the filter %j is %s, and reads back', (href, filter, expected) => {
  expect(withFilter(href, filter)).toBe(expected)
  expect(filterIn(expected)).toBe(filter.trim())
})
