import { messageOf, WeirError } from '../errors.ts'

/** The address of a hub's page, and the token that is sent along, where there is one. */
export interface HubAddress {
  readonly url: URL
  readonly token: string | undefined
}

/** The hub that `--hub` means; by default the one of this machine. The token is that in WEIR_TOKEN. Throws WEIR_USAGE. */
export function hubAddress(option: string | undefined): HubAddress {
  const hub = option ?? 'http://127.0.0.1:5556'
  if (!/^https?:\/\//.test(hub) || !URL.canParse(hub))
    throw new WeirError('WEIR_USAGE', {
      problem: `--hub takes a URL such as http://127.0.0.1:5556, not '${hub}'`,
    })
  const token = process.env.WEIR_TOKEN ?? ''
  return { url: new URL(hub), token: token === '' ? undefined : token }
}

/** What a hub answers to a request in JSON. Throws WEIR_HUB where it can't be reached, or refuses. */
export async function askRest(
  { url, token }: HubAddress,
  path: string,
  { method = 'GET' }: { readonly method?: string } = {},
): Promise<unknown> {
  const away = (problem: string, cause?: unknown) =>
    new WeirError('WEIR_HUB', { hub: url.host, problem }, { cause })
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(new URL(path, url), { method, headers }).catch((error: unknown) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const reason =
      typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : messageOf(cause)
    throw away(`cannot be reached: ${reason}; say where the hub's page is with --hub`, error)
  })
  const text = await response.text()
  if (!response.ok) throw away(`answered ${response.status}: ${text.trim()}`)
  return JSON.parse(text)
}
