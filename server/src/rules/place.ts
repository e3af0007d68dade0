import { getCallSites } from 'node:util'

/** Where something of a configuration stands. */
export interface Place {
  /** The address of the file, as it was imported. */
  readonly file: string
  readonly line: number
}

/** Files of the hub itself are passed over, its tests are not. */
const INSIDE = /\/(server\/src|node_modules)\/(?!.*\.test\.ts)|^node:/

/** The nearest place outside of the hub from where this was called; taken when rules are built, not while events flow. */
export function callerPlace(): Place | undefined {
  const site = getCallSites(16).find(isOutside)
  return site === undefined ? undefined : { file: site.scriptName, line: site.lineNumber }
}

/** The addresses of all files outside of the hub that led to this call, the nearest first. */
export function callerFiles(): readonly string[] {
  return [
    ...new Set(
      getCallSites(200)
        .filter(isOutside)
        .map(({ scriptName }) => scriptName),
    ),
  ]
}

function isOutside({ scriptName }: { readonly scriptName: string }): boolean {
  return scriptName !== '' && !INSIDE.test(scriptName)
}

/** `config/rules/disk.ts:12`, from the working directory where it lies below that. */
export function spellPlace({ file, line }: Place): string {
  const path = (URL.canParse(file) ? new URL(file).pathname : file).replace(`${process.cwd()}/`, '')
  return `${path}:${line}`
}
