import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as weir from '../index.ts'
import { onlyMembers, whole, within } from './parameters.ts'

test('a whole number of at least so many', () => {
  expect([whole('runs', 'count', 0, 0), whole('runs', 'count', 7, 2)]).toEqual([0, 7])
  for (const wrong of [1, 2.5, -3, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => whole('runs', 'count', wrong, 2)).toThrow(
      `'runs': count has to be a whole number of at least 2; it is ${wrong}`,
    )
  }
})

test('a number within bounds', () => {
  expect([within('ewma', 'r', 0, 0, 1), within('ewma', 'r', 1, 0, 1)]).toEqual([0, 1])
  for (const wrong of [-0.1, 1.1, Number.NaN]) {
    expect(() => within('ewma', 'r', wrong, 0, 1)).toThrow(
      `'ewma': r has to be a number from 0 to 1; it is ${wrong}`,
    )
  }
})

test('no option that there is not', () => {
  expect(() => onlyMembers('severity', { for: '5m' }, ['for', 'clearFor'])).not.toThrow()
  expect(() => onlyMembers('severity', { fro: '5m' }, ['for', 'clearFor'])).toThrow(
    "rule 'severity': there is no option 'fro'; there are for, clearFor",
  )
})

test.each([
  ['timeWindow', () => weir.timeWindow('1m', JSON.parse('null'))],
  ['join', () => weir.join({ host: 'a' }, { host: 'b' }, JSON.parse('null'))],
  ['forecast', () => weir.forecast(weir.below(5), '4h', JSON.parse('null'))],
  ['alert', () => weir.alert(JSON.parse('null'))],
])('%s says what its options are where they are missing', (name, build) => {
  expect(build).toThrow(`rule '${name}': its options are an object with `)
})

/** Each operator that takes options, with one that it has not. */
const BUILT: Readonly<Record<string, (wrong: object) => unknown>> = {
  anomaly: (wrong) => weir.anomaly(10, wrong),
  by: (wrong) => weir.by({ keys: 'host', ...wrong }, weir.expired()),
  changed: (wrong) => weir.changed((event) => event.state, wrong),
  changedState: (wrong) => weir.changedState(wrong),
  clockSkew: (wrong) => weir.clockSkew(wrong),
  coalesce: (wrong) => weir.coalesce('1m', wrong),
  fixedOffsetTimeWindow: (wrong) => weir.fixedOffsetTimeWindow('1m', wrong),
  fixedTimeWindow: (wrong) => weir.fixedTimeWindow('1m', wrong),
  foldInterval: (wrong) => weir.foldIntervalMetric('1m', () => 1, wrong),
  forecast: (wrong) => weir.forecast(weir.below(5), '4h', { over: '1h', ...wrong }),
  join: (wrong) => weir.join({ host: 'a' }, { host: 'b' }, { key: 'host', within: '1m', ...wrong }),
  movingTimeWindow: (wrong) => weir.movingTimeWindow('1m', wrong),
  nag: (wrong) => weir.nag('1h', wrong),
  percentiles: (wrong) => weir.percentiles('1m', [0.5], wrong),
  periodicallyUntilExpired: (wrong) => weir.periodicallyUntilExpired(() => 1, wrong),
  predictLinear: (wrong) => weir.predictLinear(10, '1h', wrong),
  quantiles: (wrong) => weir.quantiles('1m', [0.5], wrong),
  rollup: (wrong) => weir.rollup(1, '1m', wrong),
  severity: (wrong) => weir.severity({}, wrong),
  stable: (wrong) => weir.stable('1m', (event) => event.state, wrong),
  timeWindow: (wrong) => weir.timeWindow('1m', { lateness: '10s', ...wrong }),
}

test.each(Object.entries(BUILT))('%s takes no option that it has not', (name, build) => {
  expect(() => build({})).not.toThrow()
  expect(() => build({ nonsense: true })).toThrow(`rule '${name}': there is no option 'nonsense'; there are `)
})

test('these are all operators that have a type of their options', () => {
  const source = readFileSync(new URL('../index.ts', import.meta.url), 'utf8')
  const files = [...source.matchAll(/type \w+Options\b.*? from '.\/streams\/([\w-]+)\.ts'/g)].map(
    ([, file]) => file,
  )
  const named = Object.keys(BUILT).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  )
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((file) => !named.includes(file ?? ''))).toEqual([])
})
