import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWeb } from './plain-text.ts'
import { code, escaped, link } from './slack-text.ts'

/** Text of any length that is rich in what Slack treats specially. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'<>&*_~`|@#!:;\n\r\t"\'()[]'),
      fc.constantFrom(
        '<!channel>',
        '<@U024BE7LH>',
        '<#C024BE7LR>',
        '<http://x|y>',
        '&lt;',
        '```',
        'a',
        ' ',
        'é',
        '\u202e',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('free text', () => {
  test.each([
    ['cpu > 90 % & rising', 'cpu &gt; 90 % &amp; rising'],
    ['<!channel> all is well', '&lt;!channel&gt; all is well'],
    [
      '<@U024BE7LH> <https://evil.example|Runbook>',
      '&lt;@U024BE7LH&gt; &lt;https://evil.example|Runbook&gt;',
    ],
    ['already &lt;!here&gt; escaped', 'already &amp;lt;!here&amp;gt; escaped'],
    ['df-root/percent_bytes-free', 'df-root/percent_bytes-free'],
    ['*RESOLVED* _by_ ~magic~ `code`', '∗RESOLVED∗ ˍbyˍ ∼magic∼ ˋcodeˋ'],
    ['5*3 snake_case_name', '5*3 snake_case_name'],
    ['> > a quote', '› a quote'],
    ['two\nlines', 'two lines'],
  ])('%j is %j', (text, mrkdwn) => {
    expect(escaped(text)).toBe(mrkdwn)
  })

  test('of any kind leaves nothing that Slack would act on', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const mrkdwn = escaped(text)
        expect(mrkdwn).not.toMatch(/[<>`\n]|&(?!amp;|lt;|gt;)|^&gt;/)
        expect(mrkdwn).not.toMatch(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/u)
      }),
    )
  })
})

describe('a name as code', () => {
  test.each([
    ['db-1', '`db-1`'],
    ['__init__ *x*', '`__init__ *x*`'],
    ['a`b<c>&', '`aˋb&lt;c&gt;&amp;`'],
    ['', '` `'],
  ])('%j is %j', (text, mrkdwn) => {
    expect(code(text)).toBe(mrkdwn)
  })

  test('of any kind cannot end the code', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(code(text)).toMatch(/^`[^`<>\n]+`$/)
      }),
    )
  })
})

describe('a link', () => {
  test.each([
    ['https://wiki.example/disk?a=1&b=<2>', '<https://wiki.example/disk?a=1&amp;b=%3C2%3E|Runbook>'],
    ['http://hub:5556/#|x', '<http://hub:5556/#%7Cx|Runbook>'],
  ])('%j is %j', (address, mrkdwn) => {
    expect([isWeb(address), link(address, 'Runbook')]).toEqual([true, mrkdwn])
  })

  test.each([
    ['a path', 'docs/runbooks/disk.md'],
    ['another scheme', 'javascript:alert(1)'],
    ['nothing', ''],
    ['more than 500 characters', `https://x/${'y'.repeat(500)}`],
  ])('%s is none', (_, address) => {
    expect(isWeb(address)).toBe(false)
  })
})
