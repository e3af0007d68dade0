import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Client, connect } from 'weir-client'
import { askHub } from '../../server/src/cli/operator.ts'
import { startHub, type TestHub } from '../hub.ts'
import { rowOf } from '../live.ts'
import { metricsOf } from '../metrics.ts'
import { eventually, scratch } from '../real/processes.ts'

const RELOADS = Number(process.env.WEIR_RELOADS ?? 1000)
const HOSTS = ['app-0', 'app-1', 'app-2', 'app-3']
/** How many messages of a connection are on their way at once. */
const WINDOW = 16

const CONFIG = `
import { config } from 'weir-hub'
import { edited } from './edited.ts'
import { same } from './same.ts'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [same, edited],
})
`
/** A rule that counts what it sees of each host, and puts the count into the index under its own name. */
const counting = (name: string, text: string) => `
import { by, type Event, index, rule, step } from 'weir-hub'

const counted = step<Event, Event, number>('counted', [], {
  init: () => 0,
  event(seen, event, context) {
    context.emit({ ...event, service: '${name}', description: '${text}', metric: seen + 1, ttl: 86_400 })
    return seen + 1
  },
})
export const ${name} = rule('${name}', { match: { service: 'work' }, stream: by('host', counted, index()) })
`

/** Sends a message after the other until `done`, and counts those that are acknowledged; each other answer throws. */
async function send(client: Client, done: () => boolean): Promise<number> {
  let acknowledged = 0
  const lane = async () => {
    while (!done()) {
      await client.send({ service: 'work' })
      acknowledged += 1
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, lane))
  return acknowledged
}

async function counts(hub: TestHub, rule: string): Promise<readonly unknown[]> {
  return Promise.all(HOSTS.map(async (host) => (await rowOf(hub, host, rule))?.metric))
}

test(`${RELOADS} reloads while four connections send: each message is acknowledged once and counted once, states go on`, {
  timeout: 300_000,
}, async () => {
  const dir = await scratch()
  const data = join(dir, 'data')
  const edit = (n: number) => writeFileSync(join(dir, 'edited.ts'), counting('edited', `edit ${n}`))
  writeFileSync(join(dir, 'same.ts'), counting('same', 'same'))
  edit(0)
  let hub = await startHub({ dir, config: CONFIG })
  const clients = await Promise.all(HOSTS.map((eventHost) => connect({ port: hub.port, eventHost })))
  let done = false
  const sending = Promise.all(clients.map((client) => send(client, () => done)))
  const memory = async () => ((await metricsOf(hub)).get('weir_memory_bytes') ?? 0) / 1e6
  const began = Date.now()
  let settledAt = 0
  for (let n = 1; n <= RELOADS; n++) {
    edit(n)
    expect((await askHub(data, { reload: {} })).ok).toEqual([
      "reload: rule 'edited' changed; all its states were carried over",
      'reload: 1 rule is unchanged and runs on',
    ])
    if (n === Math.ceil(RELOADS / 5)) settledAt = await memory()
  }
  done = true
  const acknowledged = await sending
  const grown = (await memory()) - settledAt
  const sum = acknowledged.reduce((total, count) => total + count, 0)
  const seconds = (Date.now() - began) / 1000
  console.log(
    `${RELOADS} reloads in ${seconds.toFixed(0)} s, ${sum} messages acknowledged meanwhile, ${grown.toFixed(0)} MB more after the last four fifths`,
  )
  expect(sum).toBeGreaterThan(RELOADS)
  for (const rule of ['same', 'edited']) expect(await counts(hub, rule)).toEqual(acknowledged)
  expect((await rowOf(hub, 'app-0', 'edited'))?.description).toBe(`edit ${RELOADS}`)
  // What Node keeps of two small modules, and of what was compiled of them, is below that.
  expect(grown).toBeLessThan(0.25 * RELOADS)

  for (const client of clients) await client.close()
  await hub.process.stop('SIGKILL')
  hub = await startHub({ dir, config: CONFIG })
  for (const rule of ['same', 'edited'])
    await eventually(async () => {
      expect(await counts(hub, rule)).toEqual(acknowledged)
      return true
    }, 'the counts are as they were')
  expect(hub.process.output()).not.toContain("can't be had")
})
