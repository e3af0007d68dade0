import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, onTestFinished, test } from 'vitest'

/** How long a real program may take to do what a test waits for, unless the test says otherwise. */
const PATIENCE_MS = 20_000

/** How much of a program's output is kept: the end of it. */
const OUTPUT_LIMIT = 1_000_000

/**
 * A `describe` for tests that need real programs: skipped by name where one is missing, failing instead when
 * `CI=true`, so that a pipeline cannot lose them in silence.
 *
 * `packages` is what `apt-get install` takes, `files` are what those packages must have put there.
 *
 *     needs('stunnel4 collectd-core', '/usr/bin/stunnel', '/usr/sbin/collectd')('collectd through stunnel', () => {
 *       test('arrives', async () => { … })
 *     })
 */
export function needs(packages: string, ...files: string[]): (title: string, tests: () => void) => void {
  const missing = files.filter((file) => !existsSync(file))
  return provided(
    missing.length === 0
      ? undefined
      : `${missing.join(', ')} missing: apt-get install --no-install-recommends ${packages}`,
  )
}

/** As `needs`, for what no package brings: `problem` says what the machine lacks, `undefined` that it has all. */
export function provided(problem: string | undefined): (title: string, tests: () => void) => void {
  if (problem === undefined) return (title, tests) => void describe(title, tests)
  if (process.env.CI !== 'true') return (title, tests) => void describe.skip(`${title} (${problem})`, tests)
  return (title) =>
    void describe(title, () => {
      test('has what it needs', () => {
        throw new Error(problem)
      })
    })
}

/** How a program ended: one of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that a test has started. */
export interface Running {
  readonly pid: number
  /** All that it has printed so far, stdout and stderr as they came (the last million characters). */
  output(): string
  /** What it has printed to stdout alone. */
  stdout(): string
  /** Waits until it has printed this; rejects with its output when it ends first or takes too long. */
  printed(pattern: string | RegExp, within?: number): Promise<RegExpMatchArray>
  /** Waits until something accepts connections on this port of 127.0.0.1; rejects as `printed` does. */
  listening(port: number, within?: number): Promise<void>
  /** Sends a signal to it alone. */
  signal(signal: NodeJS.Signals): void
  /** Sends a signal to it alone, `SIGTERM` unless another is named, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  /** Its end, and that of all it started that holds its output. */
  readonly exit: Promise<Exit>
}

/**
 * Starts a program; it and what it started are killed at the end of the test, or of the file when started outside a test.
 *
 *     const stunnel = run('/usr/bin/stunnel', [conf])
 *     await stunnel.listening(port)
 */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Running {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
    detached: true,
  })
  const name = [command, ...args].join(' ')
  let output = ''
  let stdout = ''
  let ended = false
  const wake = new Set<() => void>()
  const keep = (text: string, chunk: string): string => (text + chunk).slice(-OUTPUT_LIMIT)
  const exit = new Promise<Exit>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      ended = true
      resolve({ code, signal })
      for (const call of wake) call()
    }
    child.on('close', end)
    child.on('error', (error) => {
      output = keep(output, error.message)
      end(null, null)
    })
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = keep(output, chunk)
      if (stream === child.stdout) stdout = keep(stdout, chunk)
      for (const call of wake) call()
    })
  }
  child.stdin.on('error', () => {}).end(options.input)
  killAtTheEnd(child, exit)

  const wait = async <T>(
    look: () => Promise<T | null> | T | null,
    what: string,
    within: number,
  ): Promise<T> => {
    const late = AbortSignal.timeout(within)
    for (;;) {
      const found = await look()
      if (found !== null) return found
      if (ended || late.aborted) {
        throw new Error(
          `${name}: ${ended ? 'ended' : `ran for ${within} ms`} without ${what}; it printed:\n${output}`,
        )
      }
      await pause(50)
    }
  }

  return {
    pid: child.pid ?? 0,
    output: () => output,
    stdout: () => stdout,
    printed: (pattern, within = PATIENCE_MS) =>
      wait(() => output.match(pattern), `printing ${pattern}`, within),
    listening: async (port, within = PATIENCE_MS) => {
      await wait(async () => (await accepts(port)) || null, `listening on ${port}`, within)
    },
    signal: (signal) => void child.kill(signal),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return exit
    },
    exit,
  }
}

/** Runs a program to its end and gives its stdout; throws with its output when it fails. */
export async function runToEnd(...call: Parameters<typeof run>): Promise<string> {
  const running = run(...call)
  const { code, signal } = await running.exit
  if (code !== 0) throw new Error(`${call[0]} ended with ${signal ?? code}; it printed:\n${running.output()}`)
  return running.stdout()
}

/** Looks again and again until `look` gives something other than `undefined`, `null` or `false`; what it threw last is told. */
export async function eventually<T>(
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  what: string,
  within = PATIENCE_MS,
): Promise<T> {
  const late = AbortSignal.timeout(within)
  for (;;) {
    let cause: unknown
    try {
      const found = await look()
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      cause = error
    }
    if (late.aborted) throw new Error(`${what}: not within ${within} ms`, { cause })
    await pause(50)
  }
}

/** A TCP port of 127.0.0.1 that nobody uses just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** A new directory for what a test writes, removed at the end of the test, or of the file when made outside a test. */
export async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'weir-test-'))
  atTheEnd(() => rm(directory, { recursive: true, force: true }))
  return directory
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (yes: boolean) => () => {
      socket.destroy()
      resolve(yes)
    }
    socket.on('connect', answer(true)).on('error', answer(false))
  })
}

const endings: (() => Promise<unknown>)[] = []

afterAll(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

function atTheEnd(end: () => Promise<unknown>): void {
  try {
    onTestFinished(async () => void (await end()))
  } catch {
    endings.push(end)
  }
}

/** Kills what runs yet when the tests end before their time. */
const killers = new Set<() => void>()
process.once('exit', () => {
  for (const kill of killers) kill()
})

/** The child leads a process group of its own, so that what it started goes with it. */
function killAtTheEnd(child: ChildProcess, exit: Promise<Exit>): void {
  const kill = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The group has ended already.
    }
  }
  killers.add(kill)
  atTheEnd(async () => {
    kill()
    await exit
    killers.delete(kill)
  })
}
