import { join, resolve } from 'node:path'
import { splitAddress } from './address.ts'
import { AcknowledgeLinks } from './api/acknowledging/links.ts'
import { signingSecret } from './api/acknowledging/secret.ts'
import { CLOCK_SOCKET, clockSocket } from './api/clock-socket.ts'
import { HttpListeners } from './api/http-listeners.ts'
import { hubView } from './api/hub-view.ts'
import { Keyring, secretIn } from './api/keyring.ts'
import type { LineSocket } from './api/line-socket.ts'
import { Live } from './api/live.ts'
import { hubMetrics } from './api/metrics.ts'
import type { Operated } from './api/operated.ts'
import { listenForOperators } from './api/operator-socket.ts'
import { Subscriptions } from './api/subscriptions/subscriptions.ts'
import { TOKENS_FILE, TokenFile } from './api/tokens.ts'
import { DrivenWall } from './clock/driven.ts'
import { spell } from './clock/duration.ts'
import { nextTurn } from './clock/turn.ts'
import { machineWall, type Wall } from './clock/wall.ts'
import type { Config } from './config.ts'
import { needsRestart } from './config-changes.ts'
import { messageOf, WeirError } from './errors.ts'
import { Fold } from './fold.ts'
import { tellHealth } from './health.ts'
import { healthFigures } from './health-figures.ts'
import { Hub } from './hub.ts'
import { bindUdp, listenError, listenTcp, mustBeLoopback } from './ingest/listen.ts'
import { tcpIngest } from './ingest/tcp.ts'
import { tlsIngest } from './ingest/tls.ts'
import type { udpIngest } from './ingest/udp.ts'
import type { Loaded } from './loader.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { openData } from './open-data.ts'
import { destinationsOf } from './outputs/destinations.ts'
import { HubDelivery } from './outputs/hub-delivery.ts'
import { reloadLines } from './reload-lines.ts'
import { restartLine } from './restart.ts'
import { RuleSets } from './rule-sets.ts'
import { bareRuleSet, type RuleSet } from './rules/rule-set.ts'
import { mustLookBack, volatileLine } from './rules/volatile.ts'

const VERSION = '0.1.0'
/** Where the listener for what comes through a proxy is, where there are tokens. */
const PROXIED = '127.0.0.1:5558'
/** The hub's own figures become events this often. */
const HEALTH_SECONDS = 30
/** How long a stop waits for connections and deliveries. */
const GRACE_MS = 5_000
/** Whether a checkpoint is due is looked after this often; what it makes superfluous is removed then. */
const TEND_MS = 10_000

export interface ProcessOptions {
  readonly config: Config
  /** The rules with their files. Default: those of `config`, without. */
  readonly ruleSet?: RuleSet
  /** Loads the configuration anew, for a reload. Default: there is none. */
  readonly load?: () => Promise<Loaded>
  /** Where journal and tables are. */
  readonly data: string
  /** The folder of the built page. */
  readonly page: string
  /** A token that permits everything, beside those of `weir token`. */
  readonly token: string | undefined
  /** A DrivenWall is moved over a socket in `data`; what times I/O out is then the machine's. */
  readonly wall: Wall
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  readonly log: (line: string) => void
  /** See HubOptions. */
  readonly checkpointBytes?: number | undefined
  readonly checkpointSlice?: number | undefined
}

/** A hub that runs. */
export interface RunningHub {
  readonly hub: Hub
  /** The addresses that it listens on, as they came out (a port 0 is replaced). */
  readonly listen: {
    readonly riemann: string | undefined
    readonly tls: string | undefined
    readonly http: string
    readonly proxied: string | undefined
  }
  /**
   * Loads the configuration anew and puts its rules and destinations in force; answers what changed, a line each. A
   * configuration with an error changes nothing: that throws.
   */
  reload(): Promise<readonly string[]>
  /** Stops accepting, finishes what was accepted, flushes and closes. */
  stop(): Promise<void>
}

/** Starts a hub: opens its data, replays, listens, and says so in clear lines. Throws a WeirError where it can't. */
export async function startHub(options: ProcessOptions): Promise<RunningHub> {
  const { config, wall, log, token } = options
  // The working directory may be gone one day: from there on a relative path leads nowhere.
  const data = resolve(options.data)
  const { riemann, http: local } = config.listen
  const keys = new Keyring({
    file: new TokenFile(join(data, TOKENS_FILE), log),
    fixed: token,
    secret: secretIn(join(data, 'session.key')),
    now: () => wall.now(),
  })
  const { proxied = keys.isEmpty ? false : PROXIED } = config.listen
  if (riemann !== false)
    mustBeLoopback('riemann', riemann, 'events need TLS client certificates there (put stunnel in front)')
  mustBeLoopback('http', local, "what comes through a network needs a token (use 'proxied' and weir token)")
  if (proxied !== false && keys.isEmpty) {
    const problem =
      'it asks everyone for a token, and there is none; make one with weir token add, or set WEIR_TOKEN, or leave proxied out'
    throw new WeirError('WEIR_LISTEN_FAILED', { what: 'proxied', address: proxied, problem })
  }
  const { db, transient, journal, outbox, reserve } = openData(data, config, log)
  const driven = wall instanceof DrivenWall ? wall : undefined
  const timeouts = driven === undefined ? wall : machineWall
  driven?.goOnFrom(journal.arrival)
  let poke = () => {}
  const ruleSets = new RuleSets(join(data, 'rules'), () => Math.max(wall.now(), journal.arrival), log)
  const ruleSet = options.ruleSet ?? bareRuleSet(config.rules)
  ruleSets.keep(ruleSet)
  const earlier = await ruleSets.earlier(ruleSet)
  const hub = new Hub({
    ruleSet,
    earlier,
    ruleSetsNeeded: (hashes) => ruleSets.prune(hashes),
    name: config.name,
    ...(config.index.limit === undefined ? {} : { indexLimit: config.index.limit }),
    page: config.page,
    ...(reserve === undefined ? {} : { reserve }),
    journal,
    checkpoints: join(data, 'checkpoints'),
    db,
    transient,
    outbox,
    wall,
    turn: nextTurn,
    log,
    poke: () => poke(),
    checkpointBytes: options.checkpointBytes,
    checkpointSlice: options.checkpointSlice,
  })
  mustLookBack(hub.fold.engine.runs)
  const destinations = destinationsOf(hub.fold.engine.targets)
  for (const line of [
    `weir ${VERSION}, data in ${options.data}`,
    `rules: ${config.rules.map((rule) => rule.name).join(', ') || 'none'}`,
    ...hub.fold.volatile.map(volatileLine),
    ...destinations.map((destination) => `destination ${destination.name}: ${destination.describe}`),
  ]) {
    log(line)
  }
  const began = timeouts.now()
  const recovery = hub.start()
  // A checkpoint may reach beyond the journal.
  driven?.goOnFrom(hub.now())
  if (recovery.records > 0) {
    log(
      `replayed ${recovery.records} records with ${recovery.events} events in ${spell(timeouts.now() - began)}`,
    )
  }
  if (recovery.restart !== undefined) log(restartLine(recovery.restart))
  /** The hub's time, which is not set back; what waits for something waits as long as the machine does. */
  const steady: Wall = { now: () => hub.now(), after: (ms, run) => wall.after(ms, run) }
  const links = new AcknowledgeLinks({
    secret: signingSecret(join(data, 'acknowledge.key'), log),
    page: config.page,
    now: () => wall.now(),
  })
  const delivery = new HubDelivery({
    outbox,
    destinations,
    wall: steady,
    timeouts,
    fetch: options.fetch,
    random: options.random,
    log: { info: log, warn: log, error: log },
    settled: () => hub.delivered(),
    acknowledgeLink: links.link,
  })
  poke = () => delivery.current.poke()

  const started = hub.now()
  const listen: {
    riemann: string | undefined
    tls: string | undefined
    http: string
    proxied: string | undefined
  } = {
    riemann: undefined,
    tls: undefined,
    http: '',
    proxied: undefined,
  }
  const view = (eventsPerSecond = 0) =>
    hubView(hub, outbox, { version: VERSION, started, driven: driven !== undefined, listen, eventsPerSecond })
  const live = new Live({ hub, outbox, wall: steady, view })
  const subscriptions = new Subscriptions({ fold: hub.fold, wall: timeouts, turn: nextTurn })
  const tcp = tcpIngest({ intake: hub, wall: timeouts })
  const { tls: tlsListen } = config.listen
  const tls =
    tlsListen === undefined
      ? undefined
      : tlsIngest({ intake: hub, wall: timeouts, files: tlsListen, bindHosts: tlsListen.bindHosts })
  const metrics = hubMetrics({
    hub,
    journal,
    outbox,
    delivery: () => delivery.current.counters,
    connections: () => tcp.connections + (tls?.connections ?? 0),
    live,
    subscriptions,
  })
  let udp: ReturnType<typeof udpIngest> | undefined
  let operators: LineSocket | undefined
  const stopInputs: (() => void)[] = []
  let clock: LineSocket | undefined
  const reloadNow = async (): Promise<readonly string[]> => {
    if (options.load === undefined) throw new Error('this hub was started without a configuration file')
    const loaded = await options.load()
    const probe = new Fold({
      rules: loaded.ruleSet.rules,
      name: config.name,
      report: () => {},
      trial: true,
    })
    mustLookBack(probe.engine.runs)
    const to = destinationsOf(probe.engine.targets)
    ruleSets.keep(loaded.ruleSet)
    const report = await hub.reload(loaded.ruleSet)
    await delivery.replace(to)
    tls?.renew()
    const restart = needsRestart(config, loaded.config)
    const lines = [
      ...reloadLines(report, 'reload'),
      ...(restart.length === 0
        ? []
        : [`reload: ${restart.join(', ')} changed: that takes a restart of the hub`]),
    ]
    for (const line of lines) log(line)
    return lines
  }
  const reload = oneAtATime(reloadNow)
  const operated: Operated = {
    hub,
    db,
    outbox,
    wall: timeouts,
    reload,
    tryNow: () => delivery.current.tryNow(),
  }
  const http = new HttpListeners({
    ...{ hub, live, subscriptions, operated, metrics, view, links },
    page: options.page,
    collectd: config.collectd,
  })
  const stop = async () => {
    await clock?.close()
    for (const stopInput of stopInputs) stopInput()
    await reload.settled()
    const closing = [tcp, tls].map((each) =>
      each?.server.listening === true ? each.close(GRACE_MS) : undefined,
    )
    udp?.close()
    await operators?.close()
    await hub.stop()
    await Promise.all(closing)
    live.close()
    subscriptions.close()
    await http.close()
    await delivery.current.stop()
    journal.close()
    db.close()
  }
  try {
    if (riemann !== false) {
      listen.riemann = await listenTcp(tcp.server, riemann)
      const bound = splitAddress(listen.riemann)
      udp = await bindUdp(hub, bound.host, bound.port)
      log(`listening for events on ${listen.riemann} (TCP and UDP)`)
    }
    if (tls !== undefined && tlsListen !== undefined) {
      listen.tls = await listenTcp(tls.server, tlsListen.address)
      const bound = tlsListen.bindHosts === true ? ', each for the hosts of its certificate' : ''
      log(`listening for events on ${listen.tls} (TLS, with client certificates${bound})`)
    }
    listen.http = await http.listen('http', local, undefined)
    log(`the page is on http://${listen.http}`)
    if (proxied !== false) {
      listen.proxied = await http.listen('proxied', proxied, keys)
      log(`the same for what comes through a proxy, with a token, on http://${listen.proxied}`)
    }
    operators = await listenForOperators(join(data, 'weir.sock'), operated).catch((error: unknown) => {
      // A path that is too long for a socket, for one: no reason not to monitor.
      log(`weir alerts, ack … can't reach this hub: ${messageOf(error)}`)
      return undefined
    })
    for (const input of config.inputs) {
      stopInputs.push(input.start(hub, wall, log))
      log(`input ${input.describe}`)
    }
    // A test that drives the clock has only the events that it sends.
    if (driven === undefined) {
      const figures = healthFigures({ hub, outbox, delivery: () => delivery.current.counters })
      stopInputs.push(tellHealth({ intake: hub, wall, name: config.name, seconds: HEALTH_SECONDS, figures }))
    }
    if (driven !== undefined) {
      const path = join(data, CLOCK_SOCKET)
      clock = await clockSocket({
        path,
        wall: driven,
        hub,
        journal,
        delivery: () => delivery.current,
        turn: nextTurn,
      }).catch((error) => {
        throw listenError('clock', path, error)
      })
      const now = new Date(driven.now() / 1000).toISOString()
      log(
        `THE CLOCK IS DRIVEN: it stands at ${now} until it is moved over ${path}; this hub monitors nothing real`,
      )
    }
  } catch (error) {
    await stop()
    throw error
  }
  const tend = () => {
    hub.tend()
    cancelTending = wall.after(TEND_MS, tend)
  }
  let cancelTending = wall.after(TEND_MS, tend)
  log('ready')
  return {
    hub,
    listen,
    reload,
    stop() {
      cancelTending()
      return stop()
    },
  }
}
