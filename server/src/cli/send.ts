import { connect, type EventInput } from 'weir-client'
import { WeirError } from '../errors.ts'
import { parseOptions } from './options.ts'
import { REMOTE_HUB, REMOTE_HUB_HELP, remoteHub } from './remote-hub.ts'

const HELP = `weir send: send one event to a hub

  weir send --service disk --state critical --metric 97.5 --host db-1 --tag disk --attribute rack=r1

  --service TEXT  --state TEXT  --metric NUMBER  --description TEXT  --ttl SECONDS
  --host TEXT     default: this machine's name
  --tag TEXT      may be repeated         --attribute KEY=VALUE  may be repeated
${REMOTE_HUB_HELP}\
  --udp           without an answer
`

/** Exit code 0 when the hub accepted the event. */
export async function send(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      service: { type: 'string' },
      state: { type: 'string' },
      metric: { type: 'string' },
      description: { type: 'string' },
      ttl: { type: 'string' },
      host: { type: 'string' },
      tag: { type: 'string', multiple: true },
      attribute: { type: 'string', multiple: true },
      ...REMOTE_HUB,
      udp: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (values.service === undefined)
    throw new WeirError('WEIR_USAGE', { problem: '--service is missing; see --help' })
  const event: EventInput = {
    service: values.service,
    ...(values.state === undefined ? {} : { state: values.state }),
    ...(values.description === undefined ? {} : { description: values.description }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.metric === undefined ? {} : { metric: number('--metric', values.metric) }),
    ...(values.ttl === undefined ? {} : { ttl: number('--ttl', values.ttl) }),
    ...(values.tag === undefined ? {} : { tags: values.tag }),
    ...(values.attribute === undefined ? {} : { attributes: Object.fromEntries(values.attribute.map(pair)) }),
  }
  const client = await connect({
    ...remoteHub(values),
    ...(values.udp === true ? { transport: 'udp' } : {}),
    reconnect: false,
  })
  try {
    await client.send(event)
  } finally {
    await client.close()
  }
  return 0
}

function number(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new WeirError('WEIR_USAGE', { problem: `${name} takes a number, not '${text}'` })
  return value
}

function pair(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new WeirError('WEIR_USAGE', { problem: `--attribute takes KEY=VALUE, not '${text}'` })
  return [text.slice(0, equals), text.slice(equals + 1)]
}
