import type { Row } from '../index/index.ts' // planted: cycle
import { now } from '../clock/wall.ts'
export const append = (row: Row) => [row, now]
