import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { type Event, encodeMsg, makeEvent } from 'weir-protocol'
import { TEST_START, TestWall } from '../clock/test-wall.ts'
import { Hub } from '../hub.ts'
import type { Transport } from '../ingest/intake.ts'
import { type Journal, openJournal } from '../journal/journal.ts'
import { type Outbox, openOutbox } from '../outputs/outbox.ts'
import { type Rule, rule } from '../rules/rule.ts'
import { bareRuleSet } from '../rules/rule-set.ts'
import { index } from '../streams/index-events.ts'
import type { HubView } from './frames.ts'

/** A hub without sockets, on a clock that the test moves; gone with the test. */
export class HubFixture {
  readonly dir = mkdtempSync(join(tmpdir(), 'weir-api-'))
  readonly wall = new TestWall(TEST_START)
  readonly journal: Journal
  readonly db = new DatabaseSync(':memory:')
  readonly outbox: Outbox
  readonly hub: Hub
  readonly #turns: (() => void)[] = []

  /** `now`: work is done as soon as it is handed in, in place of when `settle` is called. */
  constructor(
    options: { readonly rules?: readonly Rule[]; readonly indexLimit?: number; readonly now?: boolean } = {},
  ) {
    const { db } = this
    this.journal = openJournal({ dir: join(this.dir, 'journal') })
    this.outbox = openOutbox(db)
    this.hub = new Hub({
      ruleSet: bareRuleSet(options.rules ?? [rule('index', { stream: index() })]),
      earlier: new Map(),
      name: 'hub',
      ...(options.indexLimit === undefined ? {} : { indexLimit: options.indexLimit }),
      journal: this.journal,
      checkpoints: join(this.dir, 'checkpoints'),
      db,
      outbox: this.outbox,
      wall: this.wall,
      turn: (run) => {
        if (options.now === true) setImmediate(run)
        else this.#turns.push(run)
      },
      log: () => {},
      poke: () => {},
    })
    this.hub.start()
    this.settle()
    onTestFinished(() => {
      this.journal.close()
      db.close()
      rmSync(this.dir, { recursive: true })
    })
  }

  /** What is handed in is worked off. */
  settle(): void {
    for (let run = this.#turns.shift(); run !== undefined; run = this.#turns.shift()) run()
  }

  send(events: readonly Partial<Event>[], transport: Transport = 'tcp'): void {
    const made = events.map((event) => makeEvent({ time: this.wall.now(), ...event }))
    this.hub.submit(transport, encodeMsg({ events: made }))
    this.settle()
  }

  /** Lets time pass; what falls due is done. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      await this.wall.advance(Math.min(100, left))
      this.settle()
    }
  }

  readonly view = (eventsPerSecond = 0): HubView => ({
    version: '0',
    started: TEST_START / 1000,
    indexed: this.hub.fold.index.size,
    open: this.hub.fold.book.size,
    silences: this.hub.fold.book.telling.silences.size,
    events: this.hub.fold.engine.counters.events,
    eventsPerSecond,
    rules: 1,
    listen: { riemann: null, http: '127.0.0.1:0' },
    degraded: null,
    outboxDepth: this.outbox.depth(),
  })
}
