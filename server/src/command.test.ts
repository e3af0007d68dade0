import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { SILENCE_LIMIT } from './alerts/silence.ts'
import { SECOND } from './clock/duration.ts'
import { type Command, commandProblem, doCommand } from './command.ts'
import { Fold } from './fold.ts'
import { rule } from './rules/rule.ts'
import { alert } from './streams/alert.ts'
import { by } from './streams/by.ts'
import { index } from './streams/index-events.ts'

const kim = { who: 'kim', why: 'looking' }

describe('what is a command', () => {
  test.each<[string, unknown]>([
    ['forget a host', { do: 'forget', host: 'web-1' }],
    ['forget a service of it', { do: 'forget', host: 'web-1', service: 'cpu' }],
    ['acknowledge', { do: 'acknowledge', alert: 'i', ...kim }],
    ['acknowledge for a while', { do: 'acknowledge', alert: 'i', ...kim, for: '1.5h' }],
    ['unacknowledge', { do: 'unacknowledge', alert: 'i' }],
    ['silence a rule', { do: 'silence', match: { rule: 'disk *' }, ...kim }],
    ['silence by host and severity', { do: 'silence', match: { host: 'h', severity: 'warning' }, ...kim }],
    ['silence for a while', { do: 'silence', match: { service: 's' }, ...kim, for: '500ms' }],
    ['unsilence', { do: 'unsilence', silence: 's-1' }],
    ['drill', { do: 'drill', rule: 'disk full', host: 'db-1', who: 'kim' }],
    ['end drill', { do: 'end drill', rule: 'disk full', host: 'db-1' }],
    [
      'members that are undefined, as the command line has them',
      {
        do: 'silence',
        match: { rule: 'r', host: undefined },
        ...kim,
        for: undefined,
      },
    ],
  ])('%s', (_, command) => {
    expect(commandProblem(command)).toBeUndefined()
  })
})

describe('what is none, and what is said of it', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'the command: '],
    ['a text', 'forget web-1', 'the command: '],
    ['no do', { host: 'web-1' }, 'do: '],
    ['another do', { do: 'reboot', host: 'web-1' }, 'do: '],
    ['forget without a host', { do: 'forget' }, 'host: '],
    ['forget a number', { do: 'forget', host: 7 }, 'host: '],
    ['drill without a host', { do: 'drill', rule: 'disk full', who: 'kim' }, 'host: '],
    ['a member that there is not', { do: 'forget', host: 'h', services: 's' }, 'the command: '],
    ['acknowledge nothing', { do: 'acknowledge', alert: '', ...kim }, 'alert: '],
    ['acknowledge by nobody', { do: 'acknowledge', alert: 'i', why: 'w' }, 'who: '],
    ['acknowledge without a reason', { do: 'acknowledge', alert: 'i', who: 'kim', why: '' }, 'why: '],
    [
      'a reason above 1,000 characters',
      { do: 'acknowledge', alert: 'i', who: 'kim', why: 'w'.repeat(1001) },
      'why: ',
    ],
    ['unacknowledge for a while', { do: 'unacknowledge', alert: 'i', for: '2h' }, 'the command: '],
    ['silence everything', { do: 'silence', match: {}, ...kim }, 'match: says nothing'],
    ['silence undefined', { do: 'silence', match: { host: undefined }, ...kim }, 'match: says nothing'],
    ['silence no text', { do: 'silence', match: { host: '' }, ...kim }, 'match.host: '],
    ['silence by what there is not', { do: 'silence', match: { tag: 't' }, ...kim }, 'match: '],
    ['unsilence nothing', { do: 'unsilence' }, 'silence: '],
    ...['long', '', '-5m', '0x5m', '5', '2 h', '0s', '1e3s', '99999999999d'].map(
      (time): [string, unknown, string] => [
        `for ${time || 'nothing'}`,
        { do: 'acknowledge', alert: 'i', ...kim, for: time },
        "for: is not a duration; write '30m'",
      ],
    ),
    ['several faults', { do: 'acknowledge', alert: 'i', for: 'long' }, '; '],
  ])('%s', (_, command, problem) => {
    expect(commandProblem(command)).toContain(problem)
    expect(commandProblem(command)).not.toContain('\n')
  })
})

/** A fold with one host's alert open since the second 10. */
function desk() {
  const fold = new Fold({
    rules: [
      rule('index', { stream: index() }),
      rule('app', { stream: by('host', alert({ summary: 'bad', notify: [{ name: 'ops' }] })) }),
    ],
    name: 'hub',
    report: () => {},
  })
  const at = (second: number) => {
    fold.begin(fold.position + 1)
    fold.advance(second * SECOND)
  }
  const say = (state: string, host = 'web-1') =>
    fold.events([makeEvent({ host, service: 'app', state, time: 0, ttl: 86_400 })])
  at(10)
  say('critical')
  const open = () => [...fold.book.open][0]
  return { fold, at, say, open, id: open()?.id ?? '', do: (command: Command) => doCommand(fold, command) }
}

describe('what comes of it', () => {
  test('a forgotten host leaves the index, and its alerts are closed', () => {
    const { fold, say, do: tell } = desk()
    say('ok', 'web-2')
    expect(tell({ do: 'forget', host: 'web-1' })).toEqual({
      ok: true,
      said: 'forgotten: 1 entries of web-1 left the index',
    })
    expect([fold.index.size, fold.book.size]).toEqual([1, 0])
    expect(tell({ do: 'forget', host: 'web-2', service: 'other' }).ok).toBe(true)
    expect(fold.index.size).toBe(1)
  })

  test('an acknowledgement counts from now, ends at its time, and can be taken back', () => {
    const { at, open, id, do: tell } = desk()
    expect(tell({ do: 'acknowledge', alert: id, ...kim, for: '2h' })).toEqual({
      ok: true,
      said: 'acknowledged by kim',
    })
    expect(open()?.acknowledged).toEqual({ ...kim, at: 10 * SECOND, until: 7210 * SECOND })
    at(7211)
    expect(open()?.acknowledged).toBeUndefined()
    tell({ do: 'acknowledge', alert: id, ...kim })
    expect(open()?.acknowledged?.until).toBeUndefined()
    expect(tell({ do: 'unacknowledge', alert: id }).ok).toBe(true)
    expect(open()?.acknowledged).toBeUndefined()
  })

  test('a silence gets an id, with which it is ended', () => {
    const { fold, do: tell } = desk()
    const silenced = tell({ do: 'silence', match: { host: 'web-*' }, ...kim, for: '1h' })
    expect(silenced).toEqual({ ok: true, said: 'silenced', id: expect.stringMatching(/^s-./) })
    const [silence] = fold.book.telling.silences.all
    expect(silence).toMatchObject({ match: { host: 'web-*' }, ...kim, until: 3610 * SECOND })
    expect(tell({ do: 'unsilence', silence: silence?.id ?? '' })).toEqual({
      ok: true,
      said: 'the silence is over',
    })
    expect(fold.book.telling.silences.size).toBe(0)
    expect(tell({ do: 'silence', match: { host: 'web-*' }, ...kim })).toMatchObject({
      said: 'silenced until it is resolved',
    })
  })

  test.each<[Command, string]>([
    [{ do: 'acknowledge', alert: 'other', ...kim }, "no alert 'other' is open"],
    [{ do: 'unacknowledge', alert: 'other' }, "no alert 'other' is open"],
    [{ do: 'unsilence', silence: 'other' }, "there is no silence 'other'"],
  ])('%j is refused', (command, error) => {
    expect(desk().do(command)).toEqual({ ok: false, because: 'unknown', error })
  })

  test('beyond the limit a silence is refused', () => {
    const { do: tell } = desk()
    const silence: Command = { do: 'silence', match: { host: 'h' }, ...kim }
    for (let n = 0; n < SILENCE_LIMIT; n++) expect(tell(silence).ok).toBe(true)
    expect(tell(silence)).toEqual({
      ok: false,
      because: 'full',
      error: `there are ${SILENCE_LIMIT} silences already; end some first`,
    })
  })

  test('what is no command throws, since nobody may have journaled it', () => {
    expect(() => doCommand(desk().fold, JSON.parse('{"do":"reboot"}'))).toThrow()
  })
})
