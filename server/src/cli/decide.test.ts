import { userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { weirWith } from './operator.fixture.ts'

const me = userInfo().username

describe('what the hub is told by', () => {
  test.each<[string, readonly string[], unknown]>([
    ['ack', ['ack', 'a-1', '--why', 'on it'], { do: 'acknowledge', alert: 'a-1', who: me, why: 'on it' }],
    [
      'ack for somebody, for a while',
      ['ack', 'a-1', '--why', 'on it', '--who', 'kim', '--for', '2h'],
      { do: 'acknowledge', alert: 'a-1', who: 'kim', why: 'on it', for: '2h' },
    ],
    ['ack --end', ['ack', 'a-1', '--end'], { do: 'unacknowledge', alert: 'a-1', who: me }],
    [
      'silence',
      ['silence', '--host', 'web-*', '--why', 'move'],
      { do: 'silence', match: { host: 'web-*' }, who: me, why: 'move' },
    ],
    [
      'silence with everything',
      [
        ...['silence', '--rule', 'r', '--host', 'h', '--service', 's', '--severity', 'warning'],
        ...['--why', 'move', '--who', 'kim', '--for', '1d'],
      ],
      {
        do: 'silence',
        match: { rule: 'r', host: 'h', service: 's', severity: 'warning' },
        who: 'kim',
        why: 'move',
        for: '1d',
      },
    ],
    [
      'silence --end',
      ['silence', '--end', 's-1', '--why', 'done'],
      { do: 'unsilence', silence: 's-1', who: me, why: 'done' },
    ],
  ])('%s', async (_, args, command) => {
    const { code, asked } = await weirWith({ ok: true, said: 'done' }, ...args)
    expect([code, asked]).toEqual([0, [{ command }]])
  })
})

describe('what it answers is printed', () => {
  test.each([
    [{ ok: true, said: 'acknowledged by kim' }, 0, 'acknowledged by kim\n', ''],
    [{ ok: true, said: 'silenced', id: 's-1' }, 0, 'silenced: s-1\n', ''],
    [
      { ok: false, error: "no alert 'a-1' is open" },
      1,
      '',
      "weir ack: the hub at data/weir.sock: no alert 'a-1' is open\n",
    ],
    [{ error: 'in\ntwo lines' }, 1, '', 'weir ack: the hub at data/weir.sock: in; two lines\n'],
  ])('%j', async (answer, code, out, err) => {
    expect(await weirWith(answer, 'ack', 'a-1', '--why', 'on it')).toMatchObject({ code, out, err })
  })
})
