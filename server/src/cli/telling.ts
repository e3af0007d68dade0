import type { TellingReport } from '../api/reports/alerts.ts'
import type { DecisionReport } from '../api/reports/decisions.ts'
import { utc } from './table.ts'

/** `told ops; telling boss; could not tell pager`: who knows of an alert. */
export function toldText({ told, waiting, failed }: TellingReport): string {
  const parts = [
    ['told', told],
    ['telling', waiting],
    ['could not tell', failed],
  ] as const
  const said = parts.flatMap(([what, names]) => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`]))
  return said.join('; ') || 'nobody was told'
}

/** What was decided, and the rest of it, with what became of the message where one was written. */
export function decisionText({
  what,
  detail,
  message,
  answer,
}: DecisionReport): [what: string, detail: string] {
  if (message === null) return [what, detail]
  const said = `${detail} (message ${message})`
  if (answer === null) return [what, `${said}, not known any more`]
  const at = answer.at === null ? '' : ` at ${utc(answer.at)}`
  const error = answer.error === null ? '' : `: ${answer.error}`
  switch (answer.became) {
    case 'waiting':
      return ['telling', error === '' ? `${said}, waits` : `${said}, waits, tried in vain${error}`]
    case 'told':
      return ['told', `${said}, taken${at}`]
    case 'failed':
      return ['could not tell', `${said}, given up${at}${error}`]
  }
}
