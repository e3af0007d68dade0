import { expect, test } from 'vitest'
import { operatorsPage } from './operators.ts'
import { pageText } from './pages.ts'

test('docs/operators.md is what the docstrings say; npm run docs writes it', () => {
  expect(pageText('docs/operators.md')).toBe(operatorsPage())
})
