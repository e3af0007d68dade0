import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
export const known = [createServer, WebSocketServer]
