import { readFileSync } from 'node:fs'
import { createSecureContext, createServer, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { messageOf, WeirError } from '../errors.ts'
import { type TcpIngest, type TcpOptions, takeConnections } from './tcp.ts'

/** A handshake has to be done within this time. */
const HANDSHAKE_MS = 10_000

/** The files of a TLS listener, in PEM. */
export interface TlsFiles {
  /** The hub's certificate, with those between it and its authority, and its key. */
  readonly cert: string
  readonly key: string
  /** Whose certificates clients may have. */
  readonly ca: string
}

export interface TlsOptions extends TcpOptions {
  readonly files: TlsFiles
  /** Whether a client may speak only for the hosts that its certificate names. Default false. */
  readonly bindHosts?: boolean | undefined
}

export interface TlsIngest extends TcpIngest {
  /** Reads the files again; connections that are open go on. Throws WEIR_TLS_FILE, and nothing has changed then. */
  renew(): void
}

/**
 * The same as `tcpIngest` over TLS 1.2 or newer, for clients that have a certificate of the authority `ca`; whoever has
 * none, or one that has ended, is cut off and counted as `tls` `handshake-failed`. Throws WEIR_TLS_FILE.
 *
 * With `bindHosts`, a message with an event of a host that is neither the certificate's common name nor among its DNS
 * names is refused, counted as `foreign-host`.
 */
export function tlsIngest(options: TlsOptions): TlsIngest {
  const { files, bindHosts = false, intake } = options
  const server = createServer({
    ...readFiles(files),
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_MS,
    minVersion: 'TLSv1.2',
    noDelay: true,
    keepAlive: true,
    // A sender that closes its side after its last message still gets the answers.
    allowHalfOpen: true,
  })
  server.on('tlsClientError', () => intake.rejected('tls', 'handshake-failed'))
  const taken = takeConnections<TLSSocket>(server, 'secureConnection', 'tls', options, (socket) =>
    bindHosts ? hostsOf(socket) : undefined,
  )
  return Object.assign(taken, { renew: () => server.setSecureContext(readFiles(files)) })
}

/** The hosts that the peer's certificate names. */
function hostsOf(socket: TLSSocket): ReadonlySet<string> {
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  const named = [...subjectaltname.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = '']) => name)
  return new Set([...[subject?.CN ?? []].flat(), ...named])
}

/** What the files hold, tried out: a key of another certificate is told now and not by each handshake. */
function readFiles(files: TlsFiles): SecureContextOptions {
  const read = (what: keyof TlsFiles): Buffer => {
    try {
      return readFileSync(files[what])
    } catch (error) {
      throw new WeirError(
        'WEIR_TLS_FILE',
        { what, file: files[what], problem: messageOf(error) },
        { cause: error },
      )
    }
  }
  const context = { cert: read('cert'), key: read('key'), ca: read('ca') }
  try {
    createSecureContext(context)
  } catch (error) {
    const { cert: file } = files
    throw new WeirError('WEIR_TLS_FILE', { what: 'cert', file, problem: messageOf(error) }, { cause: error })
  }
  return context
}
