import { messageOf, WeirError } from '../errors.ts'
import { agent } from './agent.ts'
import { alerts, log } from './alerts.ts'
import { check } from './check.ts'
import { ack, silence } from './decide.ts'
import { drill } from './drill.ts'
import { explain } from './explain.ts'
import { forget } from './forget.ts'
import { outbox } from './outbox.ts'
import { preview } from './preview.ts'
import { query } from './query.ts'
import { reload } from './reload.ts'
import { send } from './send.ts'
import { start } from './start.ts'
import { tail } from './tail.ts'
import { test } from './test.ts'
import { token } from './token.ts'
import { top } from './top.ts'

/** A command: its arguments in, its exit code out. */
type Command = (args: readonly string[]) => Promise<number>

const COMMANDS = {
  start: { run: start, does: 'run the hub' },
  check: { run: check, does: 'check a configuration and its rules, with types' },
  test: { run: test, does: 'run the tests of rules, and tell which rules they never saw fire or resolve' },
  send: { run: send, does: 'send one event to a hub' },
  agent: { run: agent, does: 'tell a hub how this machine is, until it is stopped' },
  query: { run: query, does: 'show the events of a hub that match a query' },
  alerts: { run: alerts, does: 'show the open alerts of the hub on this machine, and its silences' },
  ack: { run: ack, does: 'acknowledge an alert' },
  silence: { run: silence, does: 'tell nobody of some alerts for a while' },
  drill: { run: drill, does: 'let a rule fire for a host as a drill, and see whether everybody hears of it' },
  preview: { run: preview, does: 'show what the messages of a rule look like' },
  explain: { run: explain, does: 'tell why something fires, or does not: rules, states, what they wait for' },
  log: { run: log, does: 'show what was decided about alerts, and why' },
  outbox: { run: outbox, does: 'show the messages that wait or were given up, and send them again' },
  reload: { run: reload, does: 'let the hub on this machine take up changed rules' },
  token: { run: token, does: 'make, list and remove tokens for what comes through a proxy or stunnel' },
  forget: { run: forget, does: 'take a decommissioned host out of a hub' },
  tail: { run: tail, does: 'show events as they come into the index of a hub, or to a topic' },
  top: { run: top, does: 'show the hosts of a hub by state, live' },
} satisfies Record<string, { readonly run: Command; readonly does: string }>

const HELP = `weir: an infrastructure monitoring hub

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  weir ${name.padEnd(8)} ${does}`)
  .join('\n')}

weir COMMAND --help tells more.
`

/**
 * Does what the arguments of `weir` say, and gives its exit code: 0; 1 where it failed; 2 where the arguments are
 * wrong. What went wrong stands in one line on stderr, and the place in a query in two below it.
 */
export async function weir(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(HELP)
    return 0
  }
  if (!isCommand(name)) {
    process.stderr.write(`weir: there is no command '${name}'\n\n${HELP}`)
    return 2
  }
  try {
    return await COMMANDS[name].run(rest)
  } catch (error) {
    const line = messageOf(error).replace(/\s*\n(?! {2})\s*/g, '; ')
    process.stderr.write(`weir ${name}: ${line}\n`)
    return error instanceof WeirError && error.code === 'WEIR_USAGE' ? 2 : 1
  }
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name)
}
