import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { scratch } from '../real/processes.ts'
import { type Day, makeDay } from './day.ts'
import { type Moment, planKills } from './kills.ts'
import { type Arrived, type Lived, live, withoutIds } from './live.ts'
import { Random } from './random.ts'

const SEED = Number(process.env.WEIR_SEED ?? Math.floor(Math.random() * 2 ** 31))
const KILLS = Number(process.env.WEIR_KILLS ?? 50)
const HOURS = Number(process.env.WEIR_HOURS ?? 24)

// Each start of a hub listens for the end of the test.
process.setMaxListeners(0)

test(`a day with ${KILLS} kills tells what it tells without them (WEIR_SEED=${SEED})`, {
  timeout: 600_000,
}, async () => {
  const day = makeDay(SEED, HOURS)
  const random = new Random(SEED + 1)
  console.log(`WEIR_SEED=${SEED}: ${day.events} events in ${day.messages} messages, ${HOURS} hours`)
  const calm = await timed('without kills', day, new Map(), random)
  const killed = await timed('with kills', day, planKills(random, KILLS, day), random)

  // What waits for a delivery or a checkpoint may find none before the day is over.
  expect(killed.kills.length + killed.unmet).toBe(KILLS)
  expect(killed.unmet).toBeLessThan(4)
  expect([calm.undelivered, killed.undelivered]).toEqual([0, 0])
  expect(killed.leftOver).toEqual([])
  // Not only the same set of rule, key, status and destination: the same messages to the same places in the same
  // order, cut into the same batches, each with the same times and words.
  expect(killed.messages).toEqual(calm.messages)
  expect(killed.decisions).toEqual(calm.decisions)
  expect(killed.alerts).toEqual(calm.alerts)
  for (const [destination, arrived] of calm.arrived) {
    const { once } = withoutRepeats(killed.arrived.get(destination) ?? [])
    expect(once.map(withoutIds)).toEqual(arrived.map(({ body }) => withoutIds(body)))
  }
  // The day has something of everything.
  const rules = new Set(calm.alerts.map(({ rule }) => rule))
  expect([...rules].toSorted()).toEqual([
    'api state',
    'backup late',
    'disk full',
    'error bursts',
    'host down',
    'queue',
    'queue, while the edits are odd',
    'restless racks',
    'slow api',
  ])
  const said = (decided: Lived['decisions'][number]) =>
    decided.what === 'not told' ? `not told: ${String(decided.detail).replace(/:.*/, '')}` : decided.what
  expect(calm.decisions.map(said)).toEqual(
    expect.arrayContaining([
      ...['not told: maintenance', 'not told: silence'],
      ...['acknowledged', 'escalated', 'repeated'],
    ]),
  )
  expect(lateEscalations(calm)).toBeGreaterThan(0)
})

/** How many escalations had met a hold before: they wait until nothing stands against telling the alert. */
function lateEscalations({ decisions }: Lived): number {
  const held = new Set<string>()
  let count = 0
  for (const { rule, key, what, detail } of decisions) {
    const alert = `${rule} ${key}`
    if (what === 'not told' && /^(maintenance|silence)/.test(String(detail))) held.add(alert)
    if (what === 'resolved') held.delete(alert)
    if (what === 'escalated' && held.has(alert)) count += 1
  }
  return count
}

async function timed(what: string, day: Day, kills: ReadonlyMap<number, Moment>, random: Random) {
  const began = Date.now()
  const lived = await live(day, { dir: await scratch(), kills, random })
  const seconds = ((Date.now() - began) / 1000).toFixed(0)
  console.log(`${what}: ${seconds} s; ${summaryOf(lived)}`)
  return lived
}

function summaryOf({ arrived, decisions, kills, drafts, journaledUnanswered }: Lived): string {
  const told = [...arrived].map(([destination, all]) => {
    const { once, repeated } = withoutRepeats(all)
    return `${once.length} messages to ${destination}${repeated > 0 ? ` and ${repeated} of them twice` : ''}`
  })
  const moments = [...new Set(kills)].map(
    (moment) => `${kills.filter((kill) => kill === moment).length} ${moment}`,
  )
  return [
    `${decisions.length} decisions`,
    ...told,
    ...(kills.length > 0 ? [`killed at: ${moments.join(', ')}`] : []),
    ...(drafts > 0 ? [`${drafts} checkpoints were left half written`] : []),
    ...(journaledUnanswered > 0 ? [`${journaledUnanswered} times more was journaled than answered`] : []),
  ].join('; ')
}

/** Leaves out what arrived again right after a kill, because that came between its arrival and the note of its answer. */
function withoutRepeats(arrived: readonly Arrived[]) {
  const once = arrived.filter(({ life, body }, place) => {
    const before = arrived[place - 1]
    return before === undefined || before.life === life || !isDeepStrictEqual(before.body, body)
  })
  return { once: once.map(({ body }) => body), repeated: arrived.length - once.length }
}
