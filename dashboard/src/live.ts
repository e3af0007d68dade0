import { batch, createSignal } from 'solid-js'
import type { AlertView, Changes, Frame, HubView, Row, Snapshot } from 'weir-hub/live'
import { backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { readFrame } from './frame.ts'
import { atMostEvery } from './pace.ts'
import { createRows, keyOf, ROW_LIMIT, type Rows } from './rows.ts'
import type { Connect } from './socket.ts'

/** Whether the page hears the hub. Times are those of the browser. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly since: number }

/** What the page knows of the hub, as signals. */
export interface Live {
  link(): Link
  /** Undefined until the first snapshot has come. */
  hub(): HubView | undefined
  /** All open alerts, as the hub sent them. */
  alerts(): readonly AlertView[]
  /** The rows; each cell signals its own changes. */
  readonly rows: Rows
  /**
   * Changes when rows came, went or changed, at once at first and then at most once a second: what is sorted, filtered
   * or counted follows this and not each change, so that the table holds still enough to be read.
   */
  settled(): void
  /** The hub's time, ticking each second. */
  now(): number
  /** Tries at once to connect again. Does nothing while there is a connection. */
  retry(): void
  /** Closes the connection for good. */
  stop(): void
}

export interface LiveIo {
  readonly connect: Connect
  readonly clock: Clock
  /** From 0 to below 1. */
  readonly random: () => number
}

/** Without any frame for so long the connection counts as lost: a browser does not notice when the other end vanishes. */
export const SILENCE_MS = 20_000

const SETTLE_MS = 1000
/** How far the hub's clock may seem to move before that is believed, rather than a frame being late. */
const DRIFT_MS = 2000

/** Connects to the hub and keeps connected: what it tells shows in the signals of what is returned. */
export function watchHub({ connect, clock, random }: LiveIo): Live {
  const rows = createRows()
  const [link, setLink] = createSignal<Link>({ kind: 'connecting' })
  const [hub, setHub] = createSignal<HubView>()
  const [alerts, setAlerts] = createSignal<readonly AlertView[]>([])
  const [settled, setSettled] = createSignal<void>(undefined, { equals: false })
  const [now, setNow] = createSignal(clock.now())

  let close = (): void => {}
  let cancelWait = (): void => {}
  let cancelTick = (): void => {}
  let failures = 0
  let hubAhead = 0
  let heard = false
  let stopped = false

  const settle = atMostEvery(SETTLE_MS, clock, () => setSettled())
  const pending = createPending()
  let cancelFlush: (() => void) | undefined

  const flush = (): void => {
    cancelFlush?.()
    cancelFlush = undefined
    const { snapshot, changed, ...latest } = pending.take()
    batch(() => {
      if (snapshot !== undefined) rows.reset(snapshot.rows)
      rows.apply(changed)
      if (latest.hub !== undefined) setHub(latest.hub)
      if (latest.alerts !== undefined) setAlerts(latest.alerts)
      if (snapshot !== undefined) setSettled()
      else if (changed.size > 0) settle()
    })
  }

  const take = (frame: Frame): void => {
    if (frame.type === 'changes' && !heard) return
    const ahead = frame.now - clock.now()
    if (frame.type === 'snapshot' || Math.abs(ahead - hubAhead) > DRIFT_MS) {
      hubAhead = ahead
      setNow(clock.now() + hubAhead)
    }
    pending.add(frame)
    if (frame.type === 'snapshot') {
      heard = true
      failures = 0
      setLink({ kind: 'connected' })
    }
    // Held back for the next painting, but never more than the page holds anyway.
    if (pending.size() >= ROW_LIMIT) flush()
    else cancelFlush ??= clock.nextFrame(flush)
  }

  const lost = (since: number): void => {
    close()
    heard = false
    cancelWait()
    if (link().kind !== 'disconnected') setLink({ kind: 'disconnected', since })
    cancelWait = clock.after(backoff(failures++, random), open)
  }

  const listenOn = (): void => {
    cancelWait()
    const last = clock.now()
    cancelWait = clock.after(SILENCE_MS, () => lost(last))
  }

  const open = (): void => {
    listenOn()
    close = connect({
      message(text) {
        listenOn()
        const frame = readFrame(text)
        if (frame !== undefined) take(frame)
      },
      closed: () => lost(clock.now()),
    })
  }

  const tick = (): void => {
    setNow(clock.now() + hubAhead)
    cancelTick = clock.after(1000, tick)
  }

  open()
  tick()
  return {
    link,
    hub,
    alerts,
    rows,
    settled,
    now,
    retry() {
      if (stopped || link().kind !== 'disconnected') return
      close()
      open()
    },
    stop() {
      stopped = true
      cancelWait()
      cancelTick()
      cancelFlush?.()
      close()
    },
  }
}

interface Pending {
  readonly snapshot: Snapshot | undefined
  readonly changed: ReadonlyMap<string, Row | null>
  readonly hub: HubView | undefined
  readonly alerts: readonly AlertView[] | undefined
}

/** Frames that wait for the next painting, as one: of each row only its latest change. */
function createPending(): { add(frame: Frame): void; size(): number; take(): Pending } {
  let snapshot: Snapshot | undefined
  let changed = new Map<string, Row | null>()
  let latest: Pick<Changes, 'hub' | 'alerts'> = {}
  return {
    add(frame) {
      if (frame.type === 'snapshot') {
        snapshot = frame
        changed.clear()
        latest = frame
        return
      }
      for (const [host, service] of frame.gone ?? []) changed.set(keyOf(host, service), null)
      for (const row of frame.rows ?? []) changed.set(keyOf(row.host, row.service), row)
      latest = {
        ...latest,
        ...(frame.hub && { hub: frame.hub }),
        ...(frame.alerts && { alerts: frame.alerts }),
      }
    },
    size: () => changed.size,
    take() {
      const taken = { snapshot, changed, hub: latest.hub, alerts: latest.alerts }
      snapshot = undefined
      changed = new Map()
      latest = {}
      return taken
    },
  }
}
