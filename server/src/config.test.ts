import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { config } from './config.ts'
import { rule } from './rules/rule.ts'
import { index } from './streams/index-events.ts'

const all = rule('all', { stream: index() })

test('what is left out has its default', () => {
  expect(config({ rules: [all] })).toMatchObject({
    name: hostname(),
    listen: { riemann: '127.0.0.1:5555', http: '127.0.0.1:5556', proxied: undefined },
    inputs: [],
    rules: [all],
    journal: { retainSeconds: 7 * 86_400, bytes: 4 * 1024 ** 3, durability: 'os' },
  })
})

test.each(['127.0.0.1:5555', 'localhost:0', '[::1]:65535', 'hub.example:1'])('%s is an address', (http) => {
  expect(config({ listen: { http }, rules: [] }).listen.http).toBe(http)
})

const NO_ADDRESS = "is not an address; write 'HOST:PORT', such as '127.0.0.1:5555'"
const WRONG: [given: unknown, problem: string][] = [
  [{ rules: [], rule: [] }, 'the configuration: Unrecognized key: "rule"'],
  [{}, 'rules: Invalid input: expected array, received undefined'],
  [{ rules: [all, undefined] }, 'rules.1: is not a rule; make it with rule(name, { match, stream })'],
  [{ rules: [], inputs: [{}] }, 'inputs.0: is not an input; make it with thisHost()'],
  [{ rules: [], listen: { http: '127.0.0.1' } }, `listen.http: ${NO_ADDRESS}`],
  [{ rules: [], listen: { http: '::1:5556' } }, `listen.http: ${NO_ADDRESS}`],
  [{ rules: [], listen: { riemann: ':5555' } }, `listen.riemann: ${NO_ADDRESS}`],
  [
    { rules: [], listen: { riemann: 'localhost:70000' } },
    'listen.riemann: has no such port; ports end at 65535',
  ],
  [{ rules: [], listen: { rieman: false } }, 'listen: Unrecognized key: "rieman"'],
  [
    { rules: [], journal: { retain: '1 week' } },
    "journal.retain: '1 week' is not a duration; write '30s', '5m', '1h', '1d' or a number of seconds, above 0",
  ],
  [{ rules: [], journal: { bytes: 1 } }, 'journal.bytes: Too small: expected number to be >=1000000'],
]

test.each(WRONG)('%j is refused: %s', (given, problem) => {
  const make = () => Reflect.apply(config, undefined, [given])
  expect(make).toThrow(
    expect.objectContaining({ code: 'WEIR_CONFIG_INVALID', message: `config(): ${problem}` }),
  )
})

test('two rules of one name are refused', () => {
  expect(() => config({ rules: [all, rule('all', { stream: index() })] })).toThrow(
    "rule 'all': two rules have this name",
  )
})
