import { createServer } from 'node:https' // planted: sockets
export const hub = createServer
