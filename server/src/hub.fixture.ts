import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Event, encodeMsg, makeEvent } from 'weir-protocol'
import { TestWall } from './clock/test-wall.ts'
import { Hub } from './hub.ts'
import type { Outcome } from './ingest/intake.ts'
import { diskIo } from './journal/io.ts'
import { openJournal } from './journal/journal.ts'
import { openOutbox } from './outputs/outbox.ts'
import { type Rule, rule } from './rules/rule.ts'
import { bareRuleSet } from './rules/rule-set.ts'
import { alert } from './streams/alert.ts'
import { by } from './streams/by.ts'
import { index } from './streams/index-events.ts'
import { map } from './streams/map.ts'
import { severity } from './streams/severity.ts'
import { below } from './streams/threshold.ts'

/** When the tests of the hub begin, in microseconds. */
export const START = 1_700_000_000_000_000
const ops = { name: 'ops' }
const rules = [
  rule('index', { stream: index() }),
  rule('disk', {
    match: { service: 'disk' },
    stream: by(
      'host',
      severity({ critical: below(5) }, { for: '1m' }),
      alert({ summary: (e) => `${e.metric} left`, notify: [ops] }),
    ),
  }),
  rule('host down', {
    match: { service: 'heartbeat' },
    stream: by(
      'host',
      map((e: Event) => ({ ...e, state: e.state === 'expired' ? 'critical' : 'ok' })),
      alert({ summary: 'silent', notify: [ops] }),
    ),
  }),
]

/** A hub on a directory; `kill` leaves it as a crash would: nothing is flushed or stopped. */
export class Rig {
  readonly wall: TestWall
  readonly hub: Hub
  readonly log: string[] = []
  readonly outcomes: Outcome[] = []
  readonly #turns: (() => void)[] = []
  readonly #db: DatabaseSync
  readonly journal
  readonly recovery

  /** What the disk refuses, while it does. */
  fault: 'ENOSPC' | 'EROFS' | undefined

  constructor(
    dir: string,
    now: number,
    options: { readonly segmentBytes?: number; readonly rules?: readonly Rule[] } = {},
  ) {
    this.wall = new TestWall(now)
    this.#db = new DatabaseSync(join(dir, 'weir.db'))
    this.journal = openJournal({
      ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
      dir: join(dir, 'journal'),
      log: (line) => this.log.push(line),
      io: { ...diskIo, write: (...call) => this.#write(...call) },
    })
    this.hub = new Hub({
      ruleSet: bareRuleSet(options.rules ?? rules),
      earlier: new Map(),
      name: 'hub',
      journal: this.journal,
      checkpoints: join(dir, 'checkpoints'),
      db: this.#db,
      outbox: openOutbox(this.#db),
      wall: this.wall,
      turn: (run) => this.#turns.push(run),
      log: (line) => this.log.push(line),
      poke: () => {},
    })
    this.recovery = this.hub.start()
  }

  #write(...call: Parameters<typeof diskIo.write>): number {
    if (this.fault === undefined) return diskIo.write(...call)
    throw Object.assign(new Error(`${this.fault}: the disk refuses`), { code: this.fault })
  }

  /** Lets one turn pass; answers whether there was something to do. */
  turn(): boolean {
    const run = this.#turns.shift()
    run?.()
    return run !== undefined
  }

  /** What is handed in is worked off. */
  settle(): void {
    while (this.turn());
  }

  send(...events: readonly Partial<Event>[]): void {
    const msg = encodeMsg({ events: events.map((event) => makeEvent({ time: this.wall.now(), ...event })) })
    this.hub.submit('tcp', msg, (outcome) => this.outcomes.push(outcome))
    this.settle()
  }

  /** Lets seconds pass in small steps, as a real clock does. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds * 2; i++) {
      await this.wall.advance(500)
      this.settle()
    }
  }

  messages(): readonly string[] {
    return this.#db
      .prepare('select body from outbox order by seq')
      .all()
      .map((row) =>
        JSON.parse(String(row.body))
          .items.map((item: { status: string; host: string }) => `${item.status} ${item.host}`)
          .join(', '),
      )
  }

  open(): readonly string[] {
    return [...this.hub.fold.book.open].map((one) => `${one.rule} ${one.key} ${one.status}`)
  }

  indexed(): readonly string[] {
    return [...this.hub.fold.index.entries()].map(({ event }) => `${event.host} ${event.service}`)
  }

  async stop(): Promise<void> {
    const stopped = this.hub.stop()
    this.settle()
    await stopped
    this.kill()
  }

  kill(): void {
    this.journal.close()
    this.#db.close()
  }
}
