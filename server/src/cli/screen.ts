import { machineWall } from '../clock/wall.ts'

const ESCAPE = '\x1b'
const ENTER = `${ESCAPE}[?1049h${ESCAPE}[?25l`
const LEAVE = `${ESCAPE}[?25h${ESCAPE}[?1049l`
const HOME = `${ESCAPE}[H`
const CLEAR_LINE = `${ESCAPE}[K`
const CLEAR_BELOW = `${ESCAPE}[J`
/** What sets colours, or a character. */
const PARTS = new RegExp(`${ESCAPE}\\[[\\d;]*m|.`, 'gsu')
const CTRL_C = '\x03'

/** The whole terminal, for as long as something is shown on it. */
export interface Screen {
  /** Comes when somebody ends it: by q, Ctrl-C or a signal. */
  readonly ended: AbortSignal
  /** Shows this from the top; what does not fit is cut. */
  draw(text: string): void
  /** Does something now, and then every so many milliseconds. */
  every(ms: number, run: () => void | Promise<void>): void
}

/** Takes the terminal over for `run`, and gives it back as it was, however that ends. */
export async function withScreen(run: (screen: Screen) => Promise<void>): Promise<void> {
  const { stdin, stdout } = process
  const ended = new AbortController()
  const end = () => ended.abort()
  const onKey = (key: Buffer) => {
    if (['q', 'Q', CTRL_C].includes(String(key))) end()
  }
  const cancels = new Set<() => void>()
  const screen: Screen = {
    ended: ended.signal,
    draw(text) {
      const { rows = 24, columns = 80 } = stdout
      const lines = text.split('\n').slice(0, rows - 1)
      stdout.write(
        `${HOME}${lines.map((line) => `${cut(line, columns)}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`,
      )
    },
    every(ms, run) {
      const again = async () => {
        await run()
        const cancel = machineWall.after(ms, () => {
          cancels.delete(cancel)
          void again()
        })
        cancels.add(cancel)
        if (ended.signal.aborted) cancel()
      }
      void again()
    },
  }
  stdout.write(ENTER)
  stdout.once('error', end)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on('data', onKey)
  try {
    await run(screen)
  } finally {
    end()
    for (const cancel of cancels) cancel()
    stdin.off('data', onKey)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
    stdout.write(LEAVE)
  }
}

/** The line as far as it fits; what sets colours takes no room. */
function cut(line: string, columns: number): string {
  let room = columns
  let shown = ''
  for (const [part] of line.matchAll(PARTS)) {
    if (part.startsWith(ESCAPE)) shown += part
    else if (room > 0) {
      shown += part
      room -= 1
    }
  }
  return shown
}
