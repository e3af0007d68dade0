import type { Link } from '../live.ts'

/** Whether the page hears the hub, quietly; `Away` is loud when it does not. */
export function LinkStatus(props: { readonly link: Link }) {
  return (
    <p class="link" data-status={props.link.kind} role="status">
      <span class="link-light" aria-hidden="true" />
      {props.link.kind}
    </p>
  )
}
