import { createSocket } from 'node:dgram' // planted: sockets
import { get } from 'http' // planted: sockets
import { // planted: sockets
  connect,
} from 'node:net'
import Fastify from 'fastify' // planted: sockets
import { WebSocketServer } from 'ws' // planted: sockets
import { slack } from '../outputs/slack.ts' // planted: rules
import type { Destination } from '../outputs/destination.ts' // planted: rules
import { readFile } from 'node:fs'
export const known = [createSocket, get, connect, Fastify, WebSocketServer, slack, readFile] as unknown as Destination
