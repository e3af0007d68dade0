import { rule } from 'weir-hub'
import { where } from '../../server/src/streams/where.ts' // planted: border
export const disk = [rule, where, Date.now()] // planted: clock
