import { append } from '../journal/append.ts' // planted: cycle
import { code } from '../errors.ts'
import { close } from './close.ts'
export const openAlerts = [append, code, close]
