import { once } from 'node:events'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { accepting, startHub, until } from '../hub.fixture.ts'
import { type LogOptions, logStream } from './pino.ts'
import { RecordingSender } from './sender.fixture.ts'

function logging(options: LogOptions = {}) {
  const client = new RecordingSender()
  const stream = logStream(client, options)
  return {
    client,
    stream,
    log: pino({ name: 'orders', level: 'trace', base: { name: 'orders', hostname: 'web-1' } }, stream),
  }
}

describe('a log stream', () => {
  test('tells of errors, with their stack', () => {
    const { client, log } = logging()
    log.info('fine')
    log.warn('hm')
    log.error(new RangeError('too much'), 'could not pay')
    log.fatal('the end')
    expect(client.events).toMatchObject([
      {
        service: 'log/orders',
        state: 'critical',
        description: expect.stringMatching(/^could not pay\nRangeError: too much\n {4}at /),
        tags: ['log'],
        attributes: { level: 'error', error: 'RangeError' },
        time: expect.any(Number),
      },
      { state: 'critical', description: 'the end', attributes: { level: 'fatal' } },
    ])
  })

  test('tells of what is wanted', () => {
    const { client, log } = logging({ level: 'warn', service: 'app', event: { ttl: 60, tags: ['x'] } })
    log.info('fine')
    log.warn('hm')
    expect(client.events).toMatchObject([{ service: 'app/orders', state: 'warning', ttl: 60, tags: ['x'] }])
  })

  test('takes lines however they are cut, and passes over what is none of pino’s', async () => {
    const { client, stream } = logging()
    const bytes = Buffer.from(
      'oops\n[]\nnull\n{"level":"x"}\n{"level":50,"msg":"ä€"}\n{"level":60,"msg":"last"}',
    )
    for (const byte of bytes) stream.write(Buffer.of(byte))
    stream.end()
    await once(stream, 'finish')
    expect(client.events.map(({ description }) => description)).toEqual(['ä€', 'last'])
  })

  test('does not keep a line without an end', () => {
    const { client, stream } = logging()
    for (let n = 0; n < 40; n++) stream.write('x'.repeat(100_000))
    stream.write('\n{"level":50,"msg":"after"}\n')
    expect(client.events).toMatchObject([{ description: 'after' }])
  })
})

test('as a transport it tells the hub from its own thread, and what is left at the end', async () => {
  const hub = await startHub({ answer: accepting })
  const target = `${import.meta.dirname}/pino.ts`
  const transport = pino.transport({
    target,
    options: { port: hub.port, level: 'error', eventHost: 'web-1' },
  })
  onTestFinished(() => void transport.end())
  const log = pino(transport)
  log.info('fine')
  log.error('broken')
  await until(() => hub.events.length > 0)
  log.fatal('the end')
  transport.end()
  await until(() => hub.events.length > 1)
  expect(hub.events).toMatchObject([
    { service: 'log', state: 'critical', description: 'broken' },
    { description: 'the end' },
  ])
})
