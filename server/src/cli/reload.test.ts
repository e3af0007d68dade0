import { expect, test } from 'vitest'
import { weirWith } from './operator.fixture.ts'

test('what changed is printed, a line each', async () => {
  const said = [
    "reload: rule 'disk full' changed; all its states were carried over",
    'reload: 2 rules run on',
  ]
  expect(await weirWith({ ok: said }, 'reload')).toEqual({
    code: 0,
    out: `${said.join('\n')}\n`,
    err: '',
    asked: [{ reload: {} }],
  })
})

test('a configuration with an error ends with 1, in one line', async () => {
  const error = "config/rules/disk.ts:7: '5 minutes' is not a duration"
  expect(await weirWith({ error }, 'reload')).toMatchObject({
    code: 1,
    out: '',
    err: `weir reload: the hub at data/weir.sock: ${error}\n`,
  })
})
