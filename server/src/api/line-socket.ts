import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { messageOf } from '../errors.ts'

/** The longest line that is taken. */
const LINE_LIMIT = 64 * 1024
/** How many may be connected; further ones are closed at once. */
const CONNECTIONS = 16

/** A Unix socket for commands, one JSON value a line. */
export interface LineSocket {
  /** Takes no more commands, and removes the socket. */
  close(): Promise<void>
}

/**
 * Listens on a Unix socket that only this user can open. Each line of a connection is a command in JSON; it is answered
 * with one line before the next one is looked at. What is no JSON, and what `answer` throws, is answered with
 * `{"error": "…"}`; a line above 64 KiB ends the connection.
 *
 * What a killed process left at `path` is removed: whoever calls owns the directory. Rejects with the system's error.
 *
 * @example const socket = await listenLines('data/clock.sock', async (command) => ({ ok: true }))
 */
export async function listenLines(
  path: string,
  answer: (command: unknown) => Promise<unknown>,
): Promise<LineSocket> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // Whoever is gone needs no answer.
    socket.on('error', () => {})
    void serve(socket, answer).catch(() => socket.destroy())
  })
  server.maxConnections = CONNECTIONS
  rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // The socket must not be there for others even for a moment.
    const before = process.umask(0o177)
    try {
      server.listen(path, () => resolve())
    } finally {
      process.umask(before)
    }
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

async function serve(socket: Socket, answer: (command: unknown) => Promise<unknown>): Promise<void> {
  const say = (value: unknown) => socket.write(`${JSON.stringify(value)}\n`)
  const tooLong = { error: `a line of more than ${LINE_LIMIT} characters` }
  let text = ''
  socket.setEncoding('utf8')
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      if (line.length > LINE_LIMIT) return void socket.end(`${JSON.stringify(tooLong)}\n`)
      try {
        say(await answer(JSON.parse(line)))
      } catch (error) {
        say({ error: messageOf(error) })
      }
    }
    if (text.length > LINE_LIMIT) return void socket.end(`${JSON.stringify(tooLong)}\n`)
  }
  socket.end()
}
