import { createHash } from 'node:crypto'
import { html } from '../../html.ts'

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#123}' +
  'label{display:block;margin:1rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem}' +
  'button{font:inherit;padding:.4rem 1.2rem}p{overflow-wrap:anywhere}'

/** Nothing but the page's own style, and its form to where it comes from. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256')
  .update(STYLE)
  .digest('base64')}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`

/** An open alert, as the page asks about it. */
export interface Asked {
  readonly rule: string
  readonly severity: string
  readonly summary: string
  readonly since: string
  /** Who has taken it on already. */
  readonly acknowledged: string | undefined
}

/** Asks who takes an alert on; a form that posts to where the page is. */
export function askPage({ rule, severity, summary, since, acknowledged }: Asked): string {
  const taken = acknowledged === undefined ? '' : `<p><b>Acknowledged by ${html(acknowledged)}.</b></p>`
  return page(
    `Acknowledge: ${rule}`,
    `<p><b>${html(rule)}: ${html(severity)}</b><br>${html(summary)}<br>since ${html(since)}</p>${taken}
<form method="post">
<label>Who takes it on<input name="who" required maxlength="100" autocomplete="name" autofocus></label>
<label>What is being done, if there is something to say<input name="why" maxlength="500"></label>
<button>Acknowledge</button>
</form>
<p>It is not repeated and not escalated any more. What changes is told, and so is its end.</p>`,
  )
}

/** Says something in a sentence. */
export function sayPage(sentence: string): string {
  return page('Acknowledge', `<p>${html(sentence)}</p>`)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${html(title)}</title><style>${STYLE}</style></head>
<body>
${body}
</body></html>
`
}
