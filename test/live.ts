import type { Frame, Row, Snapshot } from 'weir-hub/live'
import type { TestHub } from './hub.ts'
import { eventually } from './real/processes.ts'

/** What a page that connects now gets first: the hub's index and its open alerts. */
export function snapshotOf(hub: TestHub): Promise<Snapshot> {
  const url = `${hub.http.replace(/^http/, 'ws')}/live`
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.onerror = () => reject(new Error(`no websocket at ${url}`))
    socket.onclose = () => reject(new Error(`${url} closed before a snapshot`))
    socket.onmessage = ({ data }) => {
      const frame: Frame = JSON.parse(String(data))
      if (frame.type !== 'snapshot') return
      resolve(frame)
      socket.close()
    }
  })
}

/** The row of a host and service as it stands now in the hub's index. */
export async function rowOf(hub: TestHub, host: string, service: string): Promise<Row | undefined> {
  const { rows } = await snapshotOf(hub)
  return rows.find((row) => row.host === host && row.service === service)
}

/** Waits until `count` readings of a host and service came in from now on, with metrics that `are` as they should be. */
export async function readings(
  hub: TestHub,
  host: string,
  service: string,
  count: number,
  are: (metric: number) => boolean = () => true,
): Promise<void> {
  const times = new Set<number>()
  const before = (await rowOf(hub, host, service))?.time
  await eventually(async () => {
    const row = await rowOf(hub, host, service)
    if (row?.metric != null && row.time !== before && are(row.metric)) times.add(row.time)
    return times.size >= count
  }, `${count} such readings of ${host} ${service}`)
}
