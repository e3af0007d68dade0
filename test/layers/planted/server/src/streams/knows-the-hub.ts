import { hub } from '../hub.ts' // planted: streams
import type { Row } from '../index/index.ts' // planted: streams
import { openAlerts } from '../alerts/book.ts' // planted: streams
export { slack } from '../outputs/slack.ts' // planted: streams
export * from '../api/http.ts' // planted: streams
export const tcp = () => import('../ingest/tcp.ts') // planted: streams
export type Msg = import('../ingest/intake.ts').Msg // planted: streams
export const known = [hub, openAlerts] as unknown as Row
