/** A runbook as the page shows it: a link where it is one that leads to the web, else a text. */
export interface Runbook {
  readonly text: string
  readonly href: string | undefined
}

/** Only `http:` and `https:` become links: a rule's text must not make the page run anything. */
export function runbookOf(runbook: string): Runbook {
  const url = URL.parse(runbook)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return { text: runbook, href: undefined }
  return { text: 'runbook', href: url.href }
}
