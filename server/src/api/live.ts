import { type WebSocket, WebSocketServer } from 'ws'
import type { Wall } from '../clock/wall.ts'
import type { Hub } from '../hub.ts'
import type { Entry } from '../index/index.ts'
import type { Outbox } from '../outputs/outbox.ts'
import {
  ALERT_LIMIT,
  type AlertView,
  type Changes,
  type Frame,
  type HubView,
  ROW_LIMIT,
  type Row,
  type Snapshot,
} from './frames.ts'
import { toRow, toView } from './live-views.ts'
import { isTooLarge, refuseUpgrade, type Upgrade } from './upgrades.ts'
import { type Shown, shownByAlerts, worstOf } from './worst.ts'

/** Frames leave at most ten times a second. */
const FRAME_MS = 100
/** At most so many rows go in one frame; what is left goes, as it is then, in the next. */
const FRAME_ROWS = 2_000
/** The figures of the hub go with every tenth frame. */
const HUB_EVERY = 10
/** A page that has not read this much is skipped, and gets a new snapshot once it has. */
export const BEHIND_BYTES = 4 * 1024 * 1024
/** When more rows than this wait to be sent, all pages get a new snapshot instead. */
export const CHANGES_LIMIT = 50_000
const NOTHING_SHOWN: ReadonlyMap<string, Shown> = new Map()
/** While more alerts are open than this, they go with the figures of the hub only: looking at them takes a while. */
const MANY_ALERTS = 5_000
/** With every so many frames pages are asked whether they are there; who has not answered the last time is dropped. */
const PING_EVERY = 300
/** How long pages have to close when the hub stops. */
const CLOSE_MS = 1_000
/** How many pages may watch; further ones are refused, counted. */
export const SUBSCRIBER_LIMIT = 200

/**
 * The websocket `/live`: a snapshot, then what changed, the latest of each row; slow pages never slow the hub.
 *
 * A page that falls behind is skipped, counted, and gets a new snapshot: at most one a second, made once for all.
 */
export class Live {
  readonly counters = { frames: 0, skipped: 0, resyncs: 0, dropped: 0, refused: 0 }
  readonly #hub: Hub
  readonly #outbox: Outbox
  readonly #wall: Wall
  readonly #view: (eventsPerSecond: number) => HubView
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false })
  /** Pages that need a snapshot: they have just come, or missed something. */
  readonly #behind = new Map<WebSocket, 'new' | 'slow'>()
  /** Pages that have not answered the last ping. */
  readonly #silent = new Set<WebSocket>()
  /** What changed since the last frame: the entry, or its host and service when it left. */
  readonly #rows = new Map<Entry, 'changed' | 'gone'>()
  #alertsChanged = false
  /** What rows show instead of their own state, as of the last frame that any page got. */
  #shown: ReadonlyMap<string, Shown> | undefined
  #frames = 0
  #events = 0
  #eventsAt: number
  #rate = 0
  #stop: () => void = () => {}

  constructor(options: {
    readonly hub: Hub
    readonly outbox: Outbox
    readonly wall: Wall
    readonly view: (eventsPerSecond: number) => HubView
  }) {
    this.#hub = options.hub
    this.#outbox = options.outbox
    this.#wall = options.wall
    this.#view = options.view
    this.#eventsAt = options.wall.now()
    this.#hub.fold.index.listen((entry, gone) => {
      if (this.#sockets.clients.size === 0) return
      if (this.#rows.size >= CHANGES_LIMIT && !this.#rows.has(entry)) this.#resync()
      this.#rows.set(entry, gone === undefined ? 'changed' : 'gone')
    })
    this.#hub.onAlerts(() => {
      this.#alertsChanged = true
    })
    this.#schedule()
  }

  get subscribers(): number {
    return this.#sockets.clients.size
  }

  /** A page has come. */
  readonly upgrade: Upgrade = (request, socket, head) => {
    if (this.#sockets.clients.size >= SUBSCRIBER_LIMIT) {
      this.counters.refused += 1
      return refuseUpgrade(
        socket,
        '503 Service Unavailable',
        `more than ${SUBSCRIBER_LIMIT} pages are watching`,
      )
    }
    this.#sockets.handleUpgrade(request, socket, head, (page) => {
      page.on('error', (error) => {
        if (isTooLarge(error)) this.#hub.rejected('http', 'message-too-large')
      })
      page.on('close', () => {
        this.#behind.delete(page)
        this.#silent.delete(page)
      })
      page.on('pong', () => this.#silent.delete(page))
      // Many pages come at once when the hub was restarted: the next frame brings one snapshot for all.
      this.#behind.set(page, 'new')
    })
  }

  close(): void {
    this.#stop()
    for (const page of this.#sockets.clients) page.close(1001, 'the hub is stopping')
    this.#wall.after(CLOSE_MS, () => {
      for (const page of this.#sockets.clients) page.terminate()
    })
    this.#sockets.close()
  }

  #schedule(): void {
    this.#stop = this.#wall.after(FRAME_MS, () => {
      this.#send()
      this.#schedule()
    })
  }

  #send(): void {
    this.#frames += 1
    const withHub = this.#frames % HUB_EVERY === 0
    if (withHub) {
      this.#measure()
    }
    if (this.#sockets.clients.size === 0) {
      // Whoever comes next begins with a snapshot.
      this.#rows.clear()
      this.#alertsChanged = false
      this.#shown = undefined
      return
    }
    if (this.#frames % PING_EVERY === 0) this.#ping()
    const withAlerts = this.#alertsChanged && (withHub || this.#hub.fold.book.size <= MANY_ALERTS)
    if (withAlerts || this.#shown === undefined) this.#lookAtAlerts()
    this.#catchUp(withHub)
    if (!withHub && !withAlerts && this.#rows.size === 0) return
    const frame = JSON.stringify(this.#changes(withHub, withAlerts))
    this.counters.frames += 1
    for (const page of this.#sockets.clients) {
      if (this.#behind.has(page)) continue
      if (page.bufferedAmount > BEHIND_BYTES) {
        this.counters.skipped += 1
        this.#behind.set(page, 'slow')
      } else page.send(frame)
    }
  }

  #measure(): void {
    const { events } = this.#hub.fold.engine.counters
    const now = this.#wall.now()
    if (now > this.#eventsAt) this.#rate = ((events - this.#events) * 1e6) / (now - this.#eventsAt)
    this.#events = events
    this.#eventsAt = now
  }

  /** Gives a snapshot to the pages that need one, have read what they were sent, and are `new` or may be helped now. */
  #catchUp(slowToo: boolean): void {
    let snapshot: string | undefined
    for (const [page, why] of this.#behind) {
      if (page.bufferedAmount > 0 || (why === 'slow' && !slowToo)) continue
      this.#behind.delete(page)
      snapshot ??= JSON.stringify(this.#snapshot())
      page.send(snapshot)
    }
  }

  /** More has changed than can be sent: it is all forgotten, and every page gets a snapshot. */
  #resync(): void {
    this.counters.resyncs += 1
    this.#rows.clear()
    for (const page of this.#sockets.clients) if (!this.#behind.has(page)) this.#behind.set(page, 'slow')
  }

  #ping(): void {
    for (const page of this.#sockets.clients) {
      if (this.#silent.has(page)) {
        this.counters.dropped += 1
        page.terminate()
      } else {
        this.#silent.add(page)
        page.ping()
      }
    }
  }

  #changes(withHub: boolean, withAlerts: boolean): Frame {
    const rows: Row[] = []
    const gone: [string | null, string | null][] = []
    for (const [entry, what] of this.#rows) {
      if (rows.length + gone.length >= FRAME_ROWS) break
      this.#rows.delete(entry)
      const { host, service } = entry.event
      if (what === 'changed') rows.push(toRow(entry, this.#shown ?? NOTHING_SHOWN))
      // It may have come back since, as another entry.
      else if (this.#hub.fold.index.entry(host, service) === undefined)
        gone.push([host ?? null, service ?? null])
    }
    const changes: Changes = {
      type: 'changes',
      now: this.#wall.now() / 1000,
      ...(withHub ? { hub: this.#view(this.#rate) } : {}),
      ...(rows.length > 0 ? { rows } : {}),
      ...(gone.length > 0 ? { gone } : {}),
      ...(withAlerts ? { alerts: this.#alerts() } : {}),
    }
    if (withAlerts) this.#alertsChanged = false
    return changes
  }

  #snapshot(): Snapshot {
    const rows: Row[] = []
    for (const entry of this.#hub.fold.index.entries()) {
      if (rows.length >= ROW_LIMIT) break
      rows.push(toRow(entry, this.#shown ?? NOTHING_SHOWN))
    }
    return {
      type: 'snapshot',
      now: this.#wall.now() / 1000,
      hub: this.#view(this.#rate),
      rows,
      alerts: this.#alerts(),
    }
  }

  /** The rows that show something else now, because of an alert, are to be sent. */
  #lookAtAlerts(): void {
    const before = this.#shown
    const now = shownByAlerts(this.#hub.fold.book.open)
    this.#shown = now
    if (before === undefined) return
    for (const [name, { host, service, severity }] of now)
      if (before.get(name)?.severity !== severity) this.#again(host, service)
    for (const [name, { host, service }] of before) if (!now.has(name)) this.#again(host, service)
  }

  #again(host: string | undefined, service: string | undefined): void {
    const entry = this.#hub.fold.index.entry(host, service)
    if (entry !== undefined) this.#rows.set(entry, 'changed')
  }

  #alerts(): AlertView[] {
    const alerts = worstOf(this.#hub.fold.book.open, ALERT_LIMIT)
    const ids = alerts.flatMap((alert) => alert.messages.slice(-1 * Math.max(1, alert.policy.notify.length)))
    const statuses = this.#outbox.statusesOf(new Set(ids))
    return alerts.map((alert) => toView(alert, statuses))
  }
}
