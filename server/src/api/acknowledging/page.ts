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

/** How many alerts the page shows of those that it asks about. */
const SHOWN = 100

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
export function askPage(asked: Asked): string {
  return page(`Acknowledge: ${asked.rule}`, `${alertText(asked)}\n${form('it', 'Acknowledge')}`)
}

/** Asks who takes on those of several alerts that nobody has taken on yet. */
export function askAllPage(asked: readonly Asked[]): string {
  const open = asked.filter(({ acknowledged }) => acknowledged === undefined).length
  const others = asked.length - Math.min(asked.length, SHOWN)
  const texts = [
    ...asked.slice(0, SHOWN).map(alertText),
    ...(others === 0 ? [] : [`<p>… and ${others} more</p>`]),
    open === 0
      ? '<p>Somebody is on each of them.</p>'
      : form('them', `Acknowledge ${open} of ${asked.length}`),
  ]
  return page(`Acknowledge: ${asked.length} alerts`, texts.join('\n'))
}

function alertText({ rule, severity, summary, since, acknowledged }: Asked): string {
  const taken = acknowledged === undefined ? '' : `<br><b>Acknowledged by ${html(acknowledged)}.</b>`
  return `<p><b>${html(rule)}: ${html(severity)}</b><br>${html(summary)}<br>since ${html(since)}${taken}</p>`
}

function form(what: 'it' | 'them', button: string): string {
  const rest =
    what === 'it'
      ? 'It is not repeated and not escalated any more. What changes is told, and so is its end.'
      : 'They are not repeated and not escalated any more. What changes is told, and so are their ends.'
  return `<form method="post">
<label>Who takes ${what} on<input name="who" required maxlength="100" autocomplete="name" autofocus></label>
<label>What is being done, if there is something to say<input name="why" maxlength="500"></label>
<button>${html(button)}</button>
</form>
<p>${rest}</p>`
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
