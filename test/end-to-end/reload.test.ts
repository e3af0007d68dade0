import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from 'weir-client'
import { encodeFrame, encodeMsg, makeEvent } from 'weir-protocol'
import { DrivenHub } from '../driven-hub.ts'
import { startHub } from '../hub.ts'
import { eventually, run, scratch } from '../real/processes.ts'

const WEIR = new URL('../../server/src/cli/weir.ts', import.meta.url).pathname

const CONFIG = `
import { config } from 'weir-hub'
import { count } from './rules/count.ts'
import { level } from './rules/level.ts'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [count, level],
})
`
/** Says in its summary how many events its state has seen, and which text of the rule said it. */
const count = (text: string) => `
import { alert, by, type Event, rule, step, logOnly } from 'weir-hub'

const counted = step<Event, Event, number>('counted', [], {
  init: () => 0,
  event(seen, event, context) {
    context.emit({ ...event, state: 'seen ' + (seen + 1) })
    return seen + 1
  },
})
export const count = rule('count', {
  match: { service: 'count' },
  stream: by('host', counted, alert({ summary: (e) => '${text} ' + e.state, notify: [logOnly({ name: 'log' })] })),
})
`
const level = `
import { above, alert, by, rule, severity } from 'weir-hub'

export const level = rule('level', {
  match: { service: 'level' },
  stream: by('host', severity({ critical: above(9) }), alert({ summary: 'high', notify: [] })),
})
`

test('rules change under load: nothing is lost, states go on; an error changes nothing; a restart replays each record under its own rules', {
  timeout: 120_000,
}, async () => {
  const dir = await scratch()
  const data = join(dir, 'data')
  mkdirSync(join(dir, 'rules'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(dir, 'rules', name), text)
  write('count.ts', count('one'))
  write('level.ts', level)
  const weir = async (...args: readonly string[]) => {
    const ran = run(process.execPath, [WEIR, ...args, '--data', data])
    const { code } = await ran.exit
    return { code, out: ran.output() }
  }
  const summaries = async () => {
    const { out } = await weir('alerts', '--json')
    return [...out.matchAll(/"summary":"([^"]+)"/g)].map(([, summary]) => summary)
  }

  let hub = await startHub({ dir, config: CONFIG })
  let client = await connect({ port: hub.port })
  let sent = 0
  const send = async (times: number) => {
    for (let n = 0; n < times; n++) await client.send({ host: 'a', service: 'count', ttl: 3600 })
    sent += times
  }
  await client.send({ host: 'b', service: 'level', metric: 10, ttl: 3600 })
  await send(10)
  expect(await summaries()).toEqual(['high', 'one seen 10'])

  write('count.ts', count('two'))
  const sending = send(300)
  const reloaded = await weir('reload')
  await sending
  expect(reloaded).toEqual({
    code: 0,
    out: "reload: rule 'count' changed; all its states were carried over\nreload: 1 rule is unchanged and runs on\n",
  })
  await send(1)
  expect(await summaries()).toEqual(['high', `two seen ${sent}`])

  write('count.ts', `${count('three')}\nexport const broken: string = (`)
  const refused = await weir('reload')
  expect(refused).toEqual({ code: 1, out: expect.stringContaining('count.ts') })
  await send(1)
  expect(await summaries()).toEqual(['high', `two seen ${sent}`])

  write('count.ts', count('four'))
  hub.process.signal('SIGHUP')
  await hub.process.printed(/(reload: rule .count. changed[\s\S]*){2}/)
  await send(1)
  expect(await summaries()).toEqual(['high', `four seen ${sent}`])

  await hub.process.stop('SIGKILL')
  write('count.ts', count('five'))
  hub = await startHub({ dir, config: CONFIG })
  client = await connect({ port: hub.port })
  expect(hub.process.output()).toContain(
    "edited while the hub was away: rule 'count' changed; all its states were carried over",
  )
  expect(await summaries()).toEqual(['high', `four seen ${sent}`])
  await send(1)
  expect(await summaries()).toEqual(['high', `five seen ${sent}`])

  write('level.ts', level.replace("'level', {", "'other', {"))
  write('level.ts', level.replace("rule('level'", "rule('height'"))
  expect((await weir('reload')).out).toContain("rule 'level' is gone; its alerts are closed")
  await eventually(async () => !(await summaries()).includes('high'), 'the alert is closed')
  await client.close()
  await hub.process.stop()
})

test("a rule that holds something in RxJS's operators and names no lookback is refused, by check, start and reload", {
  timeout: 120_000,
}, async () => {
  const dir = await scratch()
  mkdirSync(join(dir, 'rules'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(dir, 'rules', name), text)
  const forgetful = `import { debounceTime } from 'rxjs'\n${level.replace("by('host',", "by('host', debounceTime(5),")}`
  const lookingBack = forgetful.replace('stream:', "lookback: '5m', stream:")
  write('count.ts', count('one'))
  write('level.ts', forgetful)
  writeFileSync(join(dir, 'weir.config.ts'), CONFIG)
  const refusal =
    /level\.ts:5: rule 'level': an operator of RxJS behind by\(host\) .* write .* lookback: '10m'/
  for (const args of [['check'], ['start', '--data', join(dir, 'data')]]) {
    const weir = run(process.execPath, [WEIR, ...args, '--config', join(dir, 'weir.config.ts')])
    expect([(await weir.exit).code, weir.output()]).toEqual([1, expect.stringMatching(refusal)])
  }
  write('level.ts', lookingBack)
  const hub = await startHub({ dir, config: CONFIG })
  expect(hub.process.output()).toContain("rule 'level' is volatile")
  write('level.ts', forgetful)
  hub.process.signal('SIGHUP')
  await hub.process.printed(new RegExp(`reload: nothing has changed: .*${refusal.source}`))
})

test('with --watch a saved file is taken up by itself, and one with an error is said', async () => {
  const dir = await scratch()
  mkdirSync(join(dir, 'rules'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(dir, 'rules', name), text)
  write('count.ts', count('one'))
  write('level.ts', level)
  const hub = await startHub({ dir, config: CONFIG, args: ['--watch'] })
  write('count.ts', count('two'))
  await hub.process.printed(/reload: rule 'count' changed; all its states were carried over\n/)
  write('level.ts', level.replace('above(9)', 'above('))
  await hub.process.printed(/reload: nothing has changed: .*level\.ts/)
  write('level.ts', level.replace('above(9)', 'above(8)'))
  await hub.process.printed(/reload: rule 'level' changed; all its states were carried over\n/)
  expect(hub.process.output().match(/^reload: rule/gm)).toHaveLength(2)
})

test('--watch sees files that are imported from elsewhere, also those that an edit brings', async () => {
  const [dir, library, other] = [await scratch(), await scratch(), await scratch()]
  mkdirSync(join(dir, 'rules'), { recursive: true })
  writeFileSync(join(library, 'limit.ts'), 'export const limit = 9\n')
  writeFileSync(join(other, 'limit.ts'), 'export const limit = 9\n')
  writeFileSync(join(dir, 'rules', 'count.ts'), count('one'))
  const importing = (from: string) =>
    `import { limit } from '${from}/limit.ts'\n${level.replace('above(9)', 'above(limit)')}`
  writeFileSync(join(dir, 'rules', 'level.ts'), importing(library))
  const hub = await startHub({ dir, config: CONFIG, args: ['--watch'] })
  const changed = (times: number) =>
    hub.process.printed(new RegExp(`(reload: rule 'level' changed[\\s\\S]*){${times}}`))
  writeFileSync(join(library, 'limit.ts'), 'export const limit = 8\n')
  await changed(1)
  writeFileSync(join(dir, 'rules', 'level.ts'), importing(other))
  await changed(2)
  writeFileSync(join(library, 'limit.ts'), 'export const limit = 7\n')
  writeFileSync(join(other, 'limit.ts'), 'export const limit = 8\n')
  await changed(3)
  expect(hub.process.output().match(/^reload: rule/gm)).toHaveLength(3)
})

test('SIGHUP while the hub starts is not lost, and does not end it', async () => {
  const dir = await scratch()
  mkdirSync(join(dir, 'rules'), { recursive: true })
  writeFileSync(join(dir, 'rules', 'count.ts'), count('one'))
  writeFileSync(join(dir, 'rules', 'level.ts'), level)
  const early = `globalThis.asked ??= process.kill(process.pid, 'SIGHUP')\n`
  const hub = await startHub({ dir, config: CONFIG + early })
  await hub.process.printed(/^ready\n[\s\S]*^reload: 2 rules are unchanged and run on$/m)
})

test('what a reload cannot change is said to take a restart', async () => {
  const dir = await scratch()
  mkdirSync(join(dir, 'rules'), { recursive: true })
  writeFileSync(join(dir, 'rules', 'count.ts'), count('one'))
  writeFileSync(join(dir, 'rules', 'level.ts'), level)
  const hub = await startHub({ dir, config: CONFIG })
  writeFileSync(
    join(dir, 'weir.config.ts'),
    CONFIG.replace("name: 'hub-1'", "name: 'hub-2', page: 'https://weir.example'").replace(
      "http: '127.0.0.1:0'",
      "http: '127.0.0.1:1'",
    ),
  )
  hub.process.signal('SIGHUP')
  await hub.process.printed(/reload: name, listen, page changed: that takes a restart of the hub\n/)
  await hub.process.printed(/reload: 2 rules are unchanged and run on\n/)
})

test('many reloads and a kill: the records between them are replayed under their own rules, and no alert is lost', async () => {
  const dir = await scratch()
  mkdirSync(join(dir, 'rules'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(dir, 'rules', name), text)
  write('count.ts', count('zero'))
  write('level.ts', level)
  let hub = await DrivenHub.start({ dir, config: CONFIG })
  const send = (event: Parameters<typeof makeEvent>[0]) =>
    hub.send([encodeFrame(encodeMsg({ events: [makeEvent(event)] }))])
  const time = Date.UTC(2026, 0, 1) * 1000
  await send({ host: 'a', service: 'level', metric: 10, ttl: 3600, time })
  // Only this rule set fires at 5.
  write('level.ts', level.replace('above(9)', 'above(4)'))
  await hub.operate({ reload: {} })
  await send({ host: 'b', service: 'level', metric: 5, ttl: 3600, time })
  write('level.ts', level)
  for (let n = 0; n < 15; n++) {
    write('count.ts', count(`text ${n}`))
    await hub.operate({ reload: {} })
  }
  const open = await hub.operate({ alerts: {} })
  hub.kill()
  await hub.gone()
  hub = await DrivenHub.start({ dir, config: CONFIG })
  expect(hub.output).not.toContain("can't be had")
  expect(await hub.operate({ alerts: {} })).toEqual(open)
  expect(open).toHaveLength(2)
  await hub.stop()
})
