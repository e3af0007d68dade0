import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Lanes, Room } from './http-room.ts'

/** A body, and the exchange that it belongs to. */
function post(room: Room): { body: PassThrough; exchange: EventEmitter; taken: Promise<Buffer | string> } {
  const body = new PassThrough()
  const exchange = new EventEmitter()
  const taken = buffer(room.admit(body, exchange)).catch((error: Error) => error.message)
  return { body, exchange, taken }
}

test('a body passes as it is, and is held until its exchange is over', async () => {
  const room = new Room(10)
  const { body, exchange, taken } = post(room)
  body.write('abc')
  body.end('def')
  expect(String(await taken)).toBe('abcdef')
  expect(room.held).toBe(6)
  exchange.emit('close')
  expect(room.held).toBe(0)
})

test('what finds no room fails, and what it held is free after its exchange', async () => {
  const room = new Room(10)
  const first = post(room)
  first.body.end('123456')
  await first.taken
  const second = post(room)
  second.body.write('1234')
  second.body.end('5')
  expect(await second.taken).toBe('too much is being posted at once; try again in a moment')
  second.exchange.emit('close')
  expect(room.held).toBe(6)
  const third = post(room)
  third.body.end('1234')
  expect(String(await third.taken)).toBe('1234')
})

test('a body that breaks off fails', async () => {
  const room = new Room(10)
  const { body, taken } = post(room)
  body.destroy(new Error('aborted'))
  expect(await taken).toBe('aborted')
})

test('a lane is free again after a failure, and those in line come in order', async () => {
  const lanes = new Lanes(1)
  const order: string[] = []
  const fails = lanes.run(async () => {
    order.push('fails')
    throw new Error('no')
  })
  const second = lanes.run(async () => order.push('second'))
  const third = lanes.run(async () => order.push('third'))
  await expect(fails).rejects.toThrow('no')
  await Promise.all([second, third])
  await lanes.run(async () => order.push('fourth'))
  expect(order).toEqual(['fails', 'second', 'third', 'fourth'])
})
