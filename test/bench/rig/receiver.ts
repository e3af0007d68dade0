// What a hub is compared with: a server that answers each frame and does, by its argument, as much with it.
//   frames      nothing: what the load and the sockets could do
//   protobufjs  decodes it with protobufjs's code
//   decoder     decodes it with ours
import { createServer } from 'node:net'
import { decodeMsg, FrameReader } from 'weir-protocol'
import * as wire from '../../../protocol/src/riemann.js'
import { OK } from './load.ts'

const NOW = Date.now() * 1000
const take = {
  frames: () => 0,
  protobufjs: (frame: Uint8Array) => wire.Msg.decode(frame).events.length,
  decoder: (frame: Uint8Array) => decodeMsg(frame, NOW).events.length,
}[process.argv[2] ?? '']
if (take === undefined) throw new Error(`no receiver '${process.argv[2]}'`)

let events = 0
const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
  const frames = new FrameReader()
  socket.on('data', (chunk: Buffer) => {
    let answers = 0
    frames.push(chunk, (frame) => {
      events += take(frame)
      answers += 1
    })
    if (answers > 0) socket.write(Buffer.concat(Array.from({ length: answers }, () => OK)))
  })
  socket.on('end', () => socket.end())
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('SIGTERM', () => {
  console.error(`${events} events`)
  process.exit()
})
