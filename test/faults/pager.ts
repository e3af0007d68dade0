import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

/** Where the day's `pager` posts to: every notification as JSON. */
export interface Pager {
  readonly url: string
  close(): Promise<void>
}

/** Starts one on 127.0.0.1; `onRequest` gets each notification before it is answered. */
export async function startPager(onRequest: (body: unknown) => void): Promise<Pager> {
  const server = createServer(async (request, response) => {
    onRequest(await json(request))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
