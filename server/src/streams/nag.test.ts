import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, flow, Rig } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { type NagOptions, nag } from './nag.ts'
import { outByHost, outOf } from './operator.fixture.ts'
import { severity } from './severity.ts'
import { above } from './threshold.ts'

const says = (second: number, state: string | undefined, metric?: number, host?: string): Arrival => [
  second,
  { host, state, metric },
]
/** Its state and metric, the number of the reminder, and its own time where that is not when it came. */
const told = map(({ host, state, metric, attributes }: Event) =>
  [host, state, metric, attributes.reminder === undefined ? undefined : `#${attributes.reminder}`]
    .filter((part) => part !== undefined)
    .join(' '),
)
const reminding = (options?: NagOptions) => pipe(nag('10s', options), told)

describe('nag', () => {
  test.each<[string, NagOptions, readonly Arrival[], number, readonly string[]]>([
    ['without an event nothing comes', {}, [], 99, []],
    ['nothing comes of what is good', {}, [says(1, 'ok'), says(2, 'ok')], 99, []],
    [
      'what is bad once comes again and again until it is good',
      {},
      [says(1, 'bad', 7), says(25, 'ok', 8), says(26, 'ok', 9)],
      99,
      ['1: bad 7', '11: bad 7 #1', '21: bad 7 #2', '25: ok 8'],
    ],
    [
      'what stays bad is dropped, and the latest of it comes again: reminders do not wait for silence',
      {},
      [says(1, 'bad', 1), says(8, 'bad', 2), says(11, 'bad', 3), says(20, 'bad', 4)],
      32,
      ['1: bad 1', '11: bad 2 #1', '21: bad 4 #2', '31: bad 4 #3'],
    ],
    [
      'good exactly when a reminder is due comes after it',
      {},
      [says(1, 'bad'), says(11, 'ok')],
      99,
      ['1: bad', '11: bad #1', '11: ok'],
    ],
    [
      'another bad state comes at once and begins anew',
      {},
      [says(1, 'warning'), says(12, 'critical'), says(19, 'warning')],
      30,
      ['1: warning', '11: warning #1', '12: critical', '19: warning', '29: warning #1'],
    ],
    [
      'an expired event ends it; bad after that is new',
      {},
      [says(1, 'bad'), says(5, 'expired'), says(6, 'expired'), says(30, 'bad')],
      41,
      ['1: bad', '5: expired', '30: bad', '40: bad #1'],
    ],
    [
      'which states are good can be said',
      { ok: ['fine', 'idle'] },
      [says(1, 'ok'), says(5, 'idle'), says(6, 'fine')],
      99,
      ['1: ok', '5: idle'],
    ],
    [
      'with backoff each one takes longer, up to the longest',
      { backoff: 2, max: '30s' },
      [says(0, 'bad')],
      101,
      ['0: bad', '10: bad #1', '30: bad #2', '60: bad #3', '90: bad #4'],
    ],
    [
      'and another bad state begins with the interval again',
      { backoff: 2 },
      [says(0, 'bad'), says(35, 'worse')],
      66,
      ['0: bad', '10: bad #1', '30: bad #2', '35: worse', '45: worse #1', '65: worse #2'],
    ],
    [
      'who knows is not reminded, but hears of changes and of the end; then it begins anew',
      { acknowledged: { state: 'known' } },
      [
        says(0, 'known'),
        says(1, 'bad'),
        says(15, 'known'),
        says(16, 'bad'),
        says(17, 'worse'),
        says(40, 'ok'),
        says(50, 'bad'),
      ],
      61,
      ['1: bad', '11: bad #1', '17: worse', '40: ok', '50: bad', '60: bad #1'],
    ],
    [
      'an acknowledgement needs no state',
      { acknowledged: (event) => event.metric === 0 },
      [says(1, 'bad'), says(2, undefined, 0)],
      99,
      ['1: bad'],
    ],
    [
      'an event without a state is an error',
      {},
      [says(1, 'bad'), says(2, undefined), says(3, 'ok')],
      99,
      [
        '1: bad',
        '3: ok',
        "rule 'rule 1', nag: an event without a state: put severity() before nag(), or set the state with map()",
      ],
    ],
  ])('%s', (_, options, input, until, expected) => {
    expect(outOf(reminding(options), input, until)).toEqual(expected)
  })

  test('a reminder has the present as its time, and all else of the event', () => {
    const event = { host: 'a', service: 's', state: 'bad', ttl: 5, attributes: { team: 'x' } }
    const whole = pipe(
      nag('10s'),
      map((reminder) => JSON.stringify(reminder)),
    )
    expect(flow(whole, [[1, { ...event, time: 3 * SECOND }]], 12)).toEqual([
      `1 ${JSON.stringify({ host: 'a', service: 's', state: 'bad', time: 3 * SECOND, ttl: 5, tags: [], attributes: { team: 'x' } })}`,
      `11 ${JSON.stringify({ host: 'a', service: 's', state: 'bad', time: 11 * SECOND, ttl: 5, tags: [], attributes: { team: 'x', reminder: '1' } })}`,
    ])
  })

  test('is of each key by itself', () => {
    const input = [says(1, 'bad', 1, 'a'), says(2, 'bad', 2, 'b'), says(5, 'ok', 3, 'a')]
    expect(outByHost(reminding(), input, 13)).toEqual([
      '1: a bad 1',
      '2: b bad 2',
      '5: a ok 3',
      '12: b bad 2 #1',
    ])
  })

  test('behind severity', () => {
    const operator = pipe(severity({ critical: above(5) }), reminding())
    const input = [9, 9, 9, 9, 1, 1].map((metric, n): Arrival => [n * 4, { metric }])
    expect(outOf(operator, input, 99)).toEqual(['0: critical 9', '10: critical 9 #1', '16: ok 1'])
  })

  test('while the hub could not listen there are none', () => {
    const rig = new Rig((rig) => [{ stream: pipe(reminding(), rig.note()) }])
    rig.send(1, { state: 'bad' })
    rig.fold.gap(61 * SECOND)
    rig.run(100.9)
    expect(rig.seen).toEqual(['1 bad'])
    rig.run(101)
    expect(rig.seen).toEqual(['1 bad', '101 bad #1'])
  })

  test.each<[NagOptions, string]>([
    [{ backoff: 0.5 }, 'backoff has to be a number from 1 to 10; it is 0.5'],
    [{ max: '5s' }, 'max has to be at least the interval, 10s; it is 5s'],
  ])('%j is refused', (options, problem) => {
    expect(() => nag('10s', options)).toThrow(problem)
  })
})
