import { openAlerts } from '../alerts/book.ts' // planted: cycle
export interface Row {
  readonly shown: typeof openAlerts
}
