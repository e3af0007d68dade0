import { connect } from 'weir-client' // planted: protocol
import { util } from 'protobufjs/minimal.js'
import { hub } from '../../server/src/hub.ts' // planted: border
export const known = [connect, util, hub]
