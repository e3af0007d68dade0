import './away.css'
import { clockSeconds } from '../format.ts'

/** A bar that stays in sight while the hub can't record: what it says is true, but a kill would forget it. */
export function Degraded(props: { readonly since: number; readonly reason: string }) {
  return (
    <div class="away" role="alert" data-degraded>
      <p>
        Degraded since {clockSeconds(props.since)}: nothing is recorded
        <span class="away-meaning">Alerts are still told. {props.reason}</span>
      </p>
    </div>
  )
}
