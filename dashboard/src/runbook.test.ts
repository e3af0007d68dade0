import { expect, test } from 'vitest'
import { runbookOf } from './runbook.ts'

test.each([
  ['https://wiki.example/disk full', 'runbook', 'https://wiki.example/disk%20full'],
  ['http://wiki.example', 'runbook', 'http://wiki.example/'],
  ['docs/runbooks/disk-full.md', 'docs/runbooks/disk-full.md', undefined],
  ['//wiki.example/x', '//wiki.example/x', undefined],
  ['javascript:alert(1)', 'javascript:alert(1)', undefined],
  [' JavaScript:alert(1)', ' JavaScript:alert(1)', undefined],
  ['data:text/html,x', 'data:text/html,x', undefined],
  ['', '', undefined],
])('%j is shown as %j and leads to %j', (runbook, text, href) => {
  expect(runbookOf(runbook)).toEqual({ text, href })
})
