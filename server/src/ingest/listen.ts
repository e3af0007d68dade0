import type { Server } from 'node:net'
import { isLoopback, splitAddress } from '../address.ts'
import { messageOf, WeirError } from '../errors.ts'
import type { Intake } from './intake.ts'
import { udpIngest } from './udp.ts'

/** Throws WEIR_LISTEN_OPEN, which says what is needed, for an address that others can reach. */
export function mustBeLoopback(what: string, address: string, need: string): void {
  if (!isLoopback(splitAddress(address).host))
    throw new WeirError('WEIR_LISTEN_OPEN', { what, address, need })
}

/** Lets a server listen; answers the address as it came out. Throws WEIR_LISTEN_FAILED. */
export function listenTcp(server: Server, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError('riemann', address, error)))
    server.listen(splitAddress(address), () => resolve(addressOf(server, address)))
  })
}

/** The UDP input on an address. Throws WEIR_LISTEN_FAILED. */
export function bindUdp(intake: Intake, host: string, port: number): Promise<ReturnType<typeof udpIngest>> {
  return new Promise((resolve, reject) => {
    const socket = udpIngest({ intake, family: host.includes(':') ? 'udp6' : 'udp4' })
    socket.once('error', (error) => reject(listenError('riemann (UDP)', `${host}:${port}`, error)))
    socket.bind(port, host, () => {
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

/** Where a server listens. */
export function addressOf(server: Server, asked: string): string {
  const bound = server.address()
  if (typeof bound !== 'object' || bound === null) return asked
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`
}

/** What went wrong with listening, as a person is told. */
export function listenError(what: string, address: string, error: unknown): WeirError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  const problem =
    code === 'EADDRINUSE'
      ? 'the port is taken; is another hub running? Choose another port in listen of the configuration'
      : code === 'EACCES'
        ? 'not permitted; ports below 1024 are for root'
        : messageOf(error)
  return new WeirError('WEIR_LISTEN_FAILED', { what, address, problem }, { cause: error })
}
