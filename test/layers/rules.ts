import { posix } from 'node:path'
import type { Use } from './source.ts'

/** A source file: its path from the root of the repository, with `/`, and what it uses. */
export interface Source {
  readonly file: string
  readonly uses: readonly Use[]
}

export interface Violation {
  readonly file: string
  readonly line: number
  readonly rule: RuleName
  readonly why: string
}

/** The rules, and what each of them keeps apart. */
export const RULES = {
  clock: 'only the clock reads the time or sets a timer: take a Wall as a parameter',
  sockets: 'only ingest, outputs, api, cli and main.ts know sockets',
  streams: 'streams/ knows no station of the hub: an operator emits effects',
  rules: 'rules/ knows no outputs: hub.ts routes the effects',
  cycle: 'folders of server/src do not import one another in a circle',
  protocol: 'weir-protocol imports nothing of ours',
  client: 'weir-client imports only weir-protocol of ours',
  dashboard: 'the dashboard imports only types of ours, from weir-hub/live',
  border: 'a package is imported by its name, not by a path into it',
} as const

export type RuleName = keyof typeof RULES

const CLOCKS = ['server/src/clock/', 'clients/node/src/clock.ts', 'dashboard/src/clock.ts']
const PACKAGES = ['protocol/', 'server/', 'clients/node/', 'dashboard/', 'config/']
const STATIONS_WITH_SOCKETS = ['ingest', 'outputs', 'api', 'cli', 'main.ts']
const SOCKETS = /^(node:)?(net|dgram|tls|https?|http2)$|^(fastify|ws|nodemailer|@fastify\/.*|@slack\/.*)$/
const UNKNOWN_TO_STREAMS = [
  'hub.ts',
  'main.ts',
  'index',
  'alerts',
  'outputs',
  'api',
  'ingest',
  'journal',
  'cli',
]

/** All violations, in the order of files and lines. */
export function violations(sources: readonly Source[]): readonly Violation[] {
  const found: Violation[] = []
  for (const { file, uses } of sources) {
    for (const use of uses) {
      for (const rule of broken(file, use))
        found.push({ file, line: use.line, rule, why: `${use.kind} ${use.what}` })
    }
  }
  found.push(...folderCycles(sources))
  return found.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}

function broken(file: string, use: Use): readonly RuleName[] {
  if (use.kind === 'time') return CLOCKS.some((clock) => file.startsWith(clock)) ? [] : ['clock']
  const names: RuleName[] = []
  const target = resolve(file, use.what)
  const ours = /^weir-/.test(use.what)
  const here = stationOf(file)
  const there = target === undefined ? undefined : stationOf(target)
  const home = PACKAGES.find((folder) => file.startsWith(folder))
  if (target !== undefined && home !== undefined && !target.startsWith(home)) names.push('border')
  if (file.startsWith('protocol/') && ours) names.push('protocol')
  if (file.startsWith('clients/node/') && ours && use.what !== 'weir-protocol') names.push('client')
  if (
    file.startsWith('dashboard/') &&
    ours &&
    !(use.what === 'weir-hub/live' && use.kind === 'type import')
  ) {
    names.push('dashboard')
  }
  if (here === undefined) return names
  if (SOCKETS.test(use.what) && !STATIONS_WITH_SOCKETS.includes(here)) names.push('sockets')
  if (here === 'streams' && there !== undefined && UNKNOWN_TO_STREAMS.includes(there)) names.push('streams')
  if (here === 'rules' && there === 'outputs') names.push('rules')
  return names
}

/** The path of what is imported by a relative path; undefined for a package. */
function resolve(file: string, what: string): string | undefined {
  return what.startsWith('.') ? posix.join(posix.dirname(file), what) : undefined
}

/** The folder in server/src that a file stands in, or the file's own name when it stands in none. */
function stationOf(file: string): string | undefined {
  return file.startsWith('server/src/') ? file.split('/')[2] : undefined
}

/** Every import that is part of a circle of folders. */
function folderCycles(sources: readonly Source[]): readonly Violation[] {
  const edges = sources.flatMap(({ file, uses }) => {
    const from = stationOf(file)
    return uses.flatMap(({ kind, what, line }) => {
      const target = kind === 'time' ? undefined : resolve(file, what)
      const to = target === undefined ? undefined : stationOf(target)
      return from === undefined || to === undefined || from === to ? [] : [{ from, to, file, line }]
    })
  })
  const next = new Map<string, Set<string>>()
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to))
  return edges.flatMap(({ from, to, file, line }) => {
    const back = shortestPath(next, to, from)
    return back === undefined
      ? []
      : [{ file, line, rule: 'cycle' as const, why: [from, ...back].join(' → ') }]
  })
}

function shortestPath(
  next: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): readonly string[] | undefined {
  const paths = [[from]]
  const seen = new Set([from])
  for (const path of paths) {
    const last = path.at(-1) ?? ''
    if (last === to) return path
    for (const each of next.get(last) ?? []) {
      if (!seen.has(each)) paths.push([...path, each])
      seen.add(each)
    }
  }
  return undefined
}
