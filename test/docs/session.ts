import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { TestHub } from '../hub.ts'
import { eventually, run } from '../real/processes.ts'
import { pageText, ROOT } from './pages.ts'

/** What a page does, in its order: a command with what it prints, or a change of a file. */
export type Step =
  | { readonly command: string; readonly prints: string }
  | { readonly file: string; readonly from: string; readonly to: string }

/** The `console` blocks of a page, and its `diff` blocks, whose first line is `--- FILE`. */
export function stepsOf(page: string): readonly Step[] {
  return [...pageText(page).matchAll(/^```(console|diff)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, kind, text = '']) => (kind === 'console' ? commandsIn(text) : [changeIn(page, text)]),
  )
}

function commandsIn(text: string): readonly Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n')
      return { command: part.slice(0, end), prints: part.slice(end + 1) }
    })
}

function changeIn(page: string, text: string): Step {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  const file = /^--- (\S+)$/.exec(head)?.[1]
  if (file === undefined) throw new Error(`${page}: a diff block begins with '${head}'; write --- FILE`)
  const side = (sign: string) =>
    lines
      .filter((line) => line.startsWith(sign) || line.startsWith(' '))
      .map((line) => `${line.slice(1)}\n`)
      .join('')
  return { file, from: side('-'), to: side('+') }
}

/** Only looks, so it may be tried until what it shows has come about. */
const LOOKS = /^npx weir (alerts|log|explain|outbox)\b/
const ID = /\b\d{16}(-\d+){3}\b/g
/** `npx weir` is the hub of the repository, and events go to the hub of the test. */
const SHELL = `npx() { shift; case "$1" in send) set -- "$@" --to "$TO";; esac; "$NODE" "$WEIR" "$@"; }`

/** Does what a page does, in a directory with a hub's data, and compares what is printed, but for times, ages and ids. */
export class Session {
  readonly #tree: string
  readonly #hub: TestHub
  readonly #config: string
  /** The ids on the page and those of the hub, in the order in which they came up. */
  #shown: readonly string[] = []
  #real: readonly string[] = []

  /** `config`: what the commands take for the configuration. */
  constructor(tree: string, hub: TestHub, config = 'weir.config.ts') {
    this.#tree = tree
    this.#hub = hub
    this.#config = config
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if ('file' in step) this.#change(step.file, step.from, step.to)
      else if (LOOKS.test(step.command))
        await eventually(() => this.#compare(step.command, step.prints), step.command)
      else await this.#compare(step.command, step.prints)
    }
  }

  #change(file: string, from: string, to: string): void {
    const path = join(this.#tree, file)
    const text = readFileSync(path, 'utf8')
    expect(text.split(from), `${file} has once:\n${from}`).toHaveLength(2)
    writeFileSync(
      path,
      text.replace(from, () => to),
    )
  }

  async #compare(command: string, prints: string): Promise<true> {
    const printed = await this.#run(command)
    const shown = namesIn(this.#shown, `${command}\n${prints}`)
    const real = namesIn(this.#real, printed)
    expect(plain(printed, real), command).toBe(plain(prints, shown))
    this.#shown = shown
    this.#real = real
    return true
  }

  async #run(command: string): Promise<string> {
    const line = command.replace(ID, (id) => this.#real[this.#shown.indexOf(id)] ?? id)
    const env = {
      NODE: process.execPath,
      WEIR: `${ROOT}server/src/cli/weir.ts`,
      TO: `127.0.0.1:${this.#hub.port}`,
      WEIR_CONFIG: this.#config,
      WEIR_DATA: 'data',
    }
    const ran = run('sh', ['-c', `${SHELL}\n${line}`], { cwd: this.#tree, env })
    await ran.exit
    return ran.output()
  }
}

function namesIn(known: readonly string[], text: string): readonly string[] {
  return [...new Set([...known, ...(text.match(ID) ?? [])])]
}

function plain(text: string, ids: readonly string[]): string {
  return text
    .replace(ID, (id) => `ID${ids.indexOf(id)}`)
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/\b\d+(ms|s|m|h|d)( \d+(ms|s|m|h|d))?(?=\)| {2})/g, 'AGE')
    .replace(/ {2,}/g, '  ')
}
