import './away.css'
import { clockSeconds } from '../format.ts'

/** A bar that stays in sight while the hub is away: nobody may take what stands below for the present. */
export function Away(props: { readonly since: number; readonly onRetry: () => void }) {
  return (
    <div class="away" role="alert" data-away>
      <p>
        Disconnected since {clockSeconds(props.since)}, retrying
        <span class="away-meaning">What you see is from then.</span>
      </p>
      <button type="button" onClick={props.onRetry}>
        Retry now
      </button>
    </div>
  )
}
