import type { TestHub } from './hub.ts'

/** What `/metrics` of a hub says: each sample by its name with its labels. */
export async function metricsOf(hub: TestHub): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${hub.http}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space))]
    }),
  )
}

/** How much a hub has refused or dropped so far: `tcp bad-protobuf` and so on. */
export async function rejectedBy(hub: TestHub): Promise<Readonly<Record<string, number>>> {
  const samples = [...(await metricsOf(hub))].flatMap(([name, count]) => {
    const [, transport, reason] = /^weir_rejected_total\{transport="(.*)",reason="(.*)"\}$/.exec(name) ?? []
    return transport === undefined ? [] : [[`${transport} ${reason}`, count] as const]
  })
  return Object.fromEntries(samples)
}
