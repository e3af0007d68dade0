import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { Ledger } from './alerts/ledger.ts'
import { Checkpointer } from './checkpointer.ts'
import { SECOND } from './clock/duration.ts'
import { Fold } from './fold.ts'
import { opened, record, temporaryDirectory } from './journal/journal.fixture.ts'
import { openOutbox } from './outputs/outbox.ts'
import { rule } from './rules/rule.ts'
import { step } from './rules/step.ts'
import { index } from './streams/index-events.ts'

/** Something that no checkpoint can hold, once an event of the service `poison` came. */
const poisoned = step<ReturnType<typeof makeEvent>, never, unknown>('poisoned', [], {
  init: () => null,
  event: (state, { service }) => (service === 'poison' ? 1n : state),
})

/** A fold and its checkpointer; other work of the process gets a turn when the test says so. */
function rig(every = 100, transient = false) {
  const dir = temporaryDirectory()
  const checkpoints = join(dir, 'checkpoints')
  const journal = opened({ dir: join(dir, 'journal') })
  const db = new DatabaseSync(join(dir, 'weir.db'))
  db.exec('pragma journal_mode = wal')
  const outbox = openOutbox(db)
  const turns: (() => void)[] = []
  const said: string[] = []
  const kept: number[] = []
  const log = (line: string) => said.push(line)
  const fold = new Fold({
    rules: [rule('index', { stream: index() }), rule('poisoned', { stream: poisoned })],
    name: 'hub',
    hash: 'rules of now',
    report: log,
  })
  const ledger = new Ledger({ db, outbox, log, transient })
  const checkpointer = new Checkpointer({
    fold,
    journal,
    ledger,
    dir: checkpoints,
    turn: (run) => turns.push(run),
    log,
    every,
    slice: 5,
    kept: (oldest) => kept.push(oldest),
  })
  let second = 0
  return {
    checkpointer,
    journal,
    ledger,
    db,
    outbox,
    said,
    kept,
    wait(days: number) {
      second += days * 86_400
    },
    /** Decides to send a message. */
    decide(id: string) {
      const item = { status: 'firing', severity: 'critical', key: [], summary: id, since: 1, at: 1 } as const
      const message = { id, destination: 'ops', rule: 'disk', at: second * SECOND, items: [item] }
      ledger.save({ changes: [], touched: [], log: [], notifications: [message] })
    },
    /** The messages that the disk has even after a power loss. */
    safe() {
      const copy = join(dir, `copy-${readdirSync(dir).length}.db`)
      copyFileSync(join(dir, 'weir.db'), copy)
      const read = new DatabaseSync(copy)
      const table = read.prepare("select count(*) as count from sqlite_master where name = 'outbox'").get()
      return table?.count === 0
        ? []
        : read
            .prepare('select id from outbox')
            .all()
            .map((row) => row.id)
    },
    /** A record, of 100 bytes or more, with an event of this service. */
    hear(service: string) {
      second += 1
      fold.begin(journal.append([record(second * SECOND, service.padEnd(100))]))
      fold.advance(second * SECOND)
      fold.events([makeEvent({ host: 'h', service, time: 0, ttl: 86_400 })])
    },
    tend: () => checkpointer.tend(() => second * SECOND),
    /** Lets so many turns pass; answers whether there were that many. */
    async pass(count: number) {
      for (let n = 0; n < count; n++) {
        const run = turns.shift()
        if (run === undefined) return false
        run()
        await Promise.resolve()
      }
      return true
    },
    files: () => readdirSync(checkpoints).sort(),
  }
}

const name = (position: number) => `checkpoint-${String(position).padStart(16, '0')}.jsonl`

test('one that cannot be written leaves nothing behind, and is said', () => {
  const { hear, checkpointer, files, said } = rig()
  hear('cpu')
  expect(checkpointer.now()).toBe(true)
  hear('poison')
  expect(checkpointer.now()).toBe(false)
  expect(files()).toEqual([name(1)])
  expect(said).toEqual([expect.stringContaining('no checkpoint was written')])
})

test('with the last one of a process goes what no restart needs', () => {
  const { hear, checkpointer, kept } = rig()
  hear('cpu')
  checkpointer.last()
  hear('cpu')
  checkpointer.last()
  hear('cpu')
  checkpointer.last()
  expect(kept).toEqual([1, 1, 2])
})

test('in slices, one that cannot be written leaves nothing behind, either, and the next one is tried half a minute later', async () => {
  const { hear, tend, pass, files, said } = rig()
  hear('poison')
  for (let n = 0; n < 20; n++) hear(`s${n}`)
  tend()
  await pass(100)
  expect(files()).toEqual([])
  expect(said).toHaveLength(1)
  for (let n = 0; n < 29; n++) hear('cpu')
  tend()
  expect(files()).toEqual([])
  hear('cpu')
  tend()
  expect(files()).toEqual([`${name(51)}.draft`])
})

test('one is due after five minutes, too, where something was journaled', async () => {
  const { hear, tend, pass, files } = rig(64 * 1024 * 1024)
  for (let n = 0; n < 290; n++) hear('x'.repeat(250))
  tend()
  for (let n = 0; n < 299; n++) hear('cpu')
  tend()
  expect(() => files()).toThrow('ENOENT')
  hear('cpu')
  tend()
  while (await pass(1));
  await expect.poll(files).toEqual([name(590)])
  for (let n = 0; n < 400; n++) hear('cpu')
  tend()
  expect(files()).toEqual([name(590)])
})

test('one can be had at once; whoever waits for its end hears of it, also when it is given up', async () => {
  const { hear, checkpointer, pass, files, kept, said } = rig()
  await checkpointer.written()
  const written: number[] = []
  for (const position of [1, 2, 3]) {
    hear('cpu')
    checkpointer.begin(() => SECOND)
    checkpointer.begin(() => SECOND)
    void checkpointer.written().then(() => written.push(position))
    await Promise.resolve()
    expect(written).toHaveLength(position - 1)
    if (position === 2) checkpointer.abort()
    while (await pass(1));
    await expect.poll(() => written).toHaveLength(position)
  }
  expect([files(), kept, said]).toEqual([[name(1), name(3)], [1, 1], []])
})

test('one at once takes the place of one that is being written', async () => {
  const { hear, tend, pass, checkpointer, files, said } = rig()
  for (let n = 0; n < 20; n++) hear(`s${n}`)
  tend()
  expect(files()).toEqual([`${name(20)}.draft`])
  await pass(1)
  hear('more')
  expect(checkpointer.now()).toBe(true)
  await pass(100)
  await expect.poll(files).toEqual([name(21)])
  expect(said).toEqual([])
})

test('none is written while messages wait to be written, since a start from there would not decide them again', () => {
  const { hear, tend, checkpointer, ledger, db, files, said } = rig()
  hear('cpu')
  db.exec('alter table outbox rename to elsewhere')
  const item = { status: 'firing', severity: 'critical', key: [], summary: 's', since: 1, at: 1 } as const
  const message = { id: 'm', destination: 'ops', rule: 'r', at: 1, items: [item] }
  const nothing = { changes: [], touched: [], log: [] }
  expect(ledger.save({ ...nothing, notifications: [message] })).toBe(false)
  tend()
  expect([checkpointer.now(), checkpointer.now()]).toEqual([false, false])
  expect(() => files()).toThrow('ENOENT')
  expect(said.slice(1)).toEqual([expect.stringContaining('alerts and messages are not written yet')])

  db.exec('alter table elsewhere rename to outbox')
  expect(ledger.save({ ...nothing, notifications: [] })).toBe(true)
  expect(checkpointer.now()).toBe(true)
  expect(files()).toEqual([name(1)])
})

test('one given up while the disk takes it removes nothing and says nothing', async () => {
  const { hear, tend, pass, checkpointer, db, files, said } = rig()
  for (let n = 0; n < 20; n++) hear(`s${n}`)
  tend()
  while (await pass(1));
  hear('the stop')
  expect(checkpointer.now()).toBe(true)
  db.close()
  await expect.poll(files).toEqual([name(20), name(21)])
  await new Promise(setImmediate)
  expect(said).toEqual([])
})

test.each(['in slices', 'at once'] as const)(
  'one written %s is not ahead of the tables on the disk',
  async (how) => {
    const { hear, decide, tend, pass, checkpointer, files, safe } = rig()
    for (let n = 0; n < 20; n++) hear(`s${n}`)
    decide('a')
    expect(safe()).toEqual([])
    if (how === 'at once') checkpointer.now()
    else {
      tend()
      while (await pass(1));
      await expect.poll(files).toEqual([name(20)])
    }
    expect(safe()).toEqual(['a'])
  },
)

test('messages are known for as long as a replay of the whole journal could decide upon them again', async () => {
  const { hear, decide, wait, tend, pass, outbox, files } = rig()
  hear('first')
  decide('a')
  outbox.sent({ id: 'a' }, { started: SECOND, ended: SECOND })
  for (const position of [22, 43, 64]) {
    wait(40)
    for (let n = 0; n <= 20; n++) hear(`s${n}`)
    tend()
    while (await pass(1));
    await expect.poll(files).toContain(name(position))
  }
  expect(outbox.status('a')).toBe('sent')
})

test('where neither a checkpoint nor the journal reaches back, it is said from where on the hub knows', () => {
  const { checkpointer, journal, said } = rig()
  checkpointer.restore(() => {})
  expect(said).toEqual([])
  journal.startAfter(100)
  journal.append([record(SECOND, 'the first that is left')])
  checkpointer.restore(() => {})
  expect(said).toEqual([
    'the journal begins at record 101; what lies before it, from 1 on, is not known any more',
  ])
})

test('where the tables are lost with the process there is none, and it says what to do', () => {
  const { hear, checkpointer, said } = rig(100, true)
  hear('cpu')
  expect([checkpointer.now(), checkpointer.now()]).toEqual([false, false])
  expect(said).toEqual([
    expect.stringMatching(
      /could only be read when the hub was started; once it can be written, start the hub again$/,
    ),
  ])
})
