import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { decodeMsg, encodeMsg, MAX_DATAGRAM, makeEvent } from 'weir-protocol'
import type { Intake, Transport } from './intake.ts'
import { udpIngest } from './udp.ts'

class FakeIntake implements Intake {
  /** What came in, in order: the services of a message, or why a datagram was dropped. */
  readonly heard: string[] = []

  submit(transport: Transport, msg: Uint8Array): void {
    const services = decodeMsg(msg, 0).events.map(({ service }) => service)
    this.heard.push(`${transport} took ${services.join(' ')}`)
  }
  rejected(transport: Transport, reason: string): void {
    this.heard.push(`${transport} ${reason}`)
  }
  now = () => 0
}

async function listen() {
  const intake = new FakeIntake()
  const socket = udpIngest({ intake, family: 'udp4' })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const sender = createSocket('udp4')
  const answers: Buffer[] = []
  sender.on('message', (answer) => answers.push(answer))
  sender.connect(socket.address().port, '127.0.0.1')
  await once(sender, 'connect')
  onTestFinished(() => {
    sender.close()
    socket.close()
  })
  return { intake, answers, send: (datagram: Uint8Array) => sender.send(datagram) }
}

const message = (services: readonly string[], description?: string) =>
  encodeMsg({ events: services.map((service) => makeEvent({ service, description, time: 1_000_000 })) })

/** A message of this many bytes. */
function messageOf(bytes: number): Uint8Array {
  const rest = message(['big'], 'x'.repeat(bytes - 100)).length - (bytes - 100)
  return message(['big'], 'x'.repeat(bytes - rest))
}

test('each datagram is a message; what is none is dropped and counted, and nothing is answered', async () => {
  const { intake, answers, send } = await listen()
  for (const datagram of [
    message(['a', 'b']),
    Uint8Array.of(0x37),
    message(['c']).subarray(0, 5),
    new Uint8Array(0),
    messageOf(MAX_DATAGRAM),
    messageOf(MAX_DATAGRAM + 1),
    message(['d']),
  ])
    send(datagram)
  await expect
    .poll(() => intake.heard)
    .toEqual([
      'udp took a b',
      'udp bad-protobuf',
      'udp bad-protobuf',
      'udp took ',
      'udp took big',
      'udp datagram-too-large',
      'udp took d',
    ])
  expect(answers).toEqual([])
})
