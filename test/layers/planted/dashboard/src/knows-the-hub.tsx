import type { Frame } from 'weir-hub/live'
import { ROW_LIMIT } from 'weir-hub/live' // planted: dashboard
import { type Row } from 'weir-hub/live' // planted: dashboard
import type { Event } from 'weir-protocol' // planted: dashboard
export const Page = (props: { frame: Frame; row: Row; event: Event }) => <p title={props.row.host}>{ROW_LIMIT}</p>
