import { createSocket, type Socket } from 'node:dgram'
import { MAX_DATAGRAM, ProtocolError } from 'weir-protocol'
import type { Intake } from './intake.ts'

/** What the kernel may hold of datagrams that were not read yet, in bytes; it takes less where the system allows less. */
const RECEIVE_BUFFER = 8 * 1024 * 1024

/**
 * Takes Riemann's messages over UDP, one a datagram, without a length before it and without an answer. What is no
 * message is dropped, counted. `family` follows the address that it is bound to.
 *
 * Counted as rejected, by transport `udp`: `bad-protobuf`, and `datagram-too-large` above 16,384 bytes. What the
 * kernel drops while the hub is busy is not seen here.
 */
export function udpIngest(options: { readonly intake: Intake; readonly family: 'udp4' | 'udp6' }): Socket {
  const { intake } = options
  const socket = createSocket({ type: options.family, recvBufferSize: RECEIVE_BUFFER })
  socket.on('message', (datagram) => {
    if (datagram.length > MAX_DATAGRAM) {
      intake.rejected('udp', 'datagram-too-large')
      return
    }
    try {
      intake.submit('udp', datagram)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      intake.rejected('udp', error.reason)
    }
  })
  return socket
}
