import { join } from 'node:path'
import {
  makeToken,
  readTokens,
  SCOPES,
  type Scope,
  TOKENS_FILE,
  TOKENS_LIMIT,
  writeTokens,
} from '../api/tokens.ts'
import { machineWall } from '../clock/wall.ts'
import { WeirError } from '../errors.ts'
import { dataOf } from './operator.ts'
import { parseOptions } from './options.ts'
import { table, utc } from './table.ts'

const HELP = `weir token add NAME --scope SCOPES: make a token for what comes through a proxy or stunnel
weir token list: the tokens there are
weir token remove ID: let one be worth nothing any more

  --scope       read (look), write (send events), operate (acknowledge, silence, forget); several with commas
  --json        with list: one line of JSON
  --data DIR    the hub's data directory (default data, or WEIR_DATA)

A token is shown once, when it is made. A hub that runs takes up each change at once.
`

/** `weir token` */
export async function token(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      scope: { type: 'string' },
      json: { type: 'boolean' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const file = join(dataOf(values.data), TOKENS_FILE)
  const [action, what, ...more] = positionals
  if (more.length > 0) throw usage(`takes no '${more[0]}'`)
  if (action === 'list' && what === undefined) return list(file, values.json === true)
  if (action === 'add' && what !== undefined) return add(file, what, values.scope)
  if (action === 'remove' && what !== undefined) return remove(file, what)
  throw usage("takes 'add NAME', 'list' or 'remove ID'")
}

function add(file: string, name: string, scope: string | undefined): number {
  if (scope === undefined) throw usage('--scope is missing: read, write, operate, or several with commas')
  const scopes = [...new Set(scope.split(',').map((each) => each.trim()))]
  const unknown = scopes.find((each) => !isScope(each))
  if (unknown !== undefined) throw usage(`there is no scope '${unknown}'; there are ${SCOPES.join(', ')}`)
  const tokens = readTokens(file)
  if (tokens.length >= TOKENS_LIMIT) throw usage(`there are ${TOKENS_LIMIT} tokens already; remove some`)
  const { text, token: made } = makeToken(name, scopes.filter(isScope), machineWall.now())
  writeTokens(file, [...tokens, made])
  process.stdout.write(`${text}\n`)
  process.stderr.write(`token ${made.id} '${name}' may ${made.scopes.join(', ')}; it is shown only now\n`)
  return 0
}

function list(file: string, json: boolean): number {
  const tokens = readTokens(file).map(({ id, name, scopes, made }) => ({ id, name, scopes, made }))
  if (json) process.stdout.write(`${JSON.stringify(tokens)}\n`)
  else
    process.stdout.write(
      table(
        tokens.map(({ id, name, scopes, made }) => [id, name, scopes.join(','), `made ${utc(made * 1e6)}`]),
        'there are no tokens\n',
      ),
    )
  return 0
}

function remove(file: string, id: string): number {
  const tokens = readTokens(file)
  const left = tokens.filter((each) => each.id !== id)
  if (left.length === tokens.length) throw usage(`there is no token '${id}'; see weir token list`)
  writeTokens(file, left)
  process.stdout.write(`token ${id} is worth nothing any more\n`)
  return 0
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text)
}

function usage(problem: string): WeirError {
  return new WeirError('WEIR_USAGE', { problem: `${problem}; see --help` })
}
