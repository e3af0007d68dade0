import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { nextTurn } from '../clock/turn.ts'
import { AcknowledgeLinks } from './acknowledging/links.ts'
import { httpApi } from './http.ts'
import { HubFixture } from './hub.fixture.ts'
import { Keyring } from './keyring.ts'
import { Live } from './live.ts'
import { hubMetrics } from './metrics.ts'
import type { Operated } from './operated.ts'
import { Subscriptions } from './subscriptions/subscriptions.ts'
import { TokenFile, tokenOf, writeTokens } from './tokens.ts'

/** The headers of a request of this machine. */
/** Keys with this token for everything, and one called `viewer` that may only read. */
function keysFor(fixed: string, dir: string, now: () => number): Keyring {
  const path = join(dir, 'tokens.json')
  writeTokens(path, [tokenOf('viewer', 'viewer', ['read'])])
  return new Keyring({ file: new TokenFile(path, () => {}), fixed, secret: Buffer.alloc(32), now })
}

export const local = { host: 'localhost:5556' }

/** The application of an HTTP listener, with a hub behind it, without a socket. */
export async function api(
  options: {
    readonly token?: string
    readonly page?: boolean
    readonly hub?: ConstructorParameters<typeof HubFixture>[0]
    readonly operated?: Partial<Operated>
  } = {},
): Promise<{ readonly app: FastifyInstance; readonly rig: HubFixture }> {
  const rig = new HubFixture({ now: true, ...options.hub })
  const { hub, outbox, journal, wall, view, db } = rig
  const live = new Live({ hub, outbox, wall, view })
  const subscriptions = new Subscriptions({ fold: hub.fold, wall, turn: nextTurn })
  const page = join(rig.dir, 'page')
  if (options.page !== false) {
    mkdirSync(page)
    writeFileSync(join(page, 'index.html'), '<title>Weir</title>')
  }
  const app = await httpApi({
    hub,
    live,
    subscriptions,
    operated: { hub, db, outbox, wall, tryNow: () => {}, reload: async () => [], ...options.operated },
    metrics: hubMetrics({
      ...{ hub, journal, outbox, live, subscriptions },
      delivery: () => new Map(),
      connections: () => 0,
    }),
    view,
    links: new AcknowledgeLinks({
      secret: Buffer.from('secret'),
      page: 'https://weir.example/hub',
      now: () => wall.now(),
    }),
    page,
    collectd: {},
    ...(options.token === undefined ? {} : { keys: keysFor(options.token, rig.dir, () => hub.now()) }),
  })
  onTestFinished(() => app.close())
  return { app, rig }
}
