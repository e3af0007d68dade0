/** What a connection tells. Nothing more comes after `closed`, nor after the connection was closed from here. */
export interface Listener {
  message(text: string): void
  closed(): void
}

/** Opens a connection; the returned function closes it. */
export type Connect = (listener: Listener) => () => void

/** Connects to the websocket beside the page: `/live` for `/`, `/weir/live` for a page below `/weir/`. */
export function connectBeside(page: string): Connect {
  const address = new URL('live', page)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.search = ''
  address.hash = ''
  return (listener) => {
    const socket = new WebSocket(address)
    const signal = new AbortController()
    socket.addEventListener('message', ({ data }) => listener.message(String(data)), signal)
    socket.addEventListener('close', () => listener.closed(), signal)
    return () => {
      signal.abort()
      socket.close()
    }
  }
}
