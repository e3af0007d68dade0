import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipe } from 'rxjs'
import { afterAll } from 'vitest'
import { type Event, EXPIRED, encodeMsg, makeEvent } from 'weir-protocol'
import { machineWall } from '../../server/src/clock/wall.ts'
import { config } from '../../server/src/config.ts'
import type { Hub } from '../../server/src/hub.ts'
import { startHub } from '../../server/src/main.ts'
import { type Rule, rule } from '../../server/src/rules/rule.ts'
import { index } from '../../server/src/streams/index-events.ts'
import { map } from '../../server/src/streams/map.ts'
import { withDefaults } from '../../server/src/streams/with-defaults.ts'

/** A hub in this process, with its sockets, on a directory of its own; stopped at the end of the file. */
export interface ListeningHub {
  readonly hub: Hub
  /** TCP and UDP, on 127.0.0.1. */
  readonly port: number
  /** What is in the index. */
  indexed(): readonly Event[]
  /** Empties the index. */
  forget(): Promise<void>
}

/** The configurations that the vectors were recorded with (`vectors/README.md`, section 8), in Weir's words. */
export const CONFIGS: Readonly<Record<string, readonly Rule[]>> = {
  standard: [rule('index', { stream: pipe(withDefaults({ ttl: 60 }), index()) })],
  throwing: [
    rule('index', { stream: index() }),
    rule('throws at its top', {
      match: { service: ['throws', 'silent', 'asserts'] },
      stream: map((event) => {
        throw new Error(event.service === 'throws' ? 'boom' : '')
      }),
    }),
    rule('throws in a child', {
      match: { service: 'child' },
      stream: pipe(
        map((event: Event) => event),
        map(() => {
          throw new Error('boom')
        }),
      ),
    }),
  ],
  noindex: [],
}

export async function listeningHub(rules: readonly Rule[]): Promise<ListeningHub> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-conformance-'))
  const { hub, listen, stop } = await startHub({
    config: config({ name: 'hub', listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' }, rules }),
    data: dir,
    page: join(dir, 'no-page'),
    token: undefined,
    wall: machineWall,
    random: Math.random,
    fetch: () => Promise.reject(new Error('nothing is to be told')),
    log: () => {},
  })
  afterAll(async () => {
    await stop()
    rmSync(dir, { recursive: true })
  })
  const indexed = () => [...hub.fold.index.entries()].map(({ event }) => event)
  return {
    hub,
    port: Number(/\d+$/.exec(listen.riemann ?? '')),
    indexed,
    async forget() {
      const events = indexed().map(({ host, service }) =>
        makeEvent({ host, service, state: EXPIRED, time: 0 }),
      )
      await new Promise((done) => hub.submit('tcp', encodeMsg({ events }), done))
    },
  }
}
