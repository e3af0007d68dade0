import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLoopback, splitAddress } from '../address.ts'
import type { Config } from '../config.ts'
import { messageOf, WeirError } from '../errors.ts'

/** Marks a data directory whose times are not real. */
const MARK = 'driven-clock'
const MARK_TEXT =
  'A hub whose clock was driven by a test wrote this directory: its times are not those of the world.\n'

/**
 * Sees to it that nobody takes a hub with a driven clock for a real one: it is asked for twice (`WEIR_TEST_CLOCK=1`),
 * is reached from this machine only, and its data directory is new or another driven hub's, and marked. Throws
 * WEIR_CLOCK_DRIVEN.
 */
export function admitDrivenClock(options: {
  readonly listen: Config['listen']
  readonly data: string
  readonly env: Readonly<Record<string, string | undefined>>
}): void {
  const { listen, data, env } = options
  const refuse = (problem: string) => {
    throw new WeirError('WEIR_CLOCK_DRIVEN', { problem })
  }
  if (env.WEIR_TEST_CLOCK !== '1') refuse('it is for tests; set WEIR_TEST_CLOCK=1 to say that this is one')
  for (const [what, address] of Object.entries(listen)) {
    if (typeof address === 'string' && !isLoopback(splitAddress(address).host))
      refuse(`${what} ${address} is not a loopback address`)
  }
  if (existsSync(data) && readdirSync(data).length > 0) {
    if (!isMarked(data)) refuse(`${data} holds the data of a hub with a real clock; give another --data`)
    return
  }
  try {
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, MARK), MARK_TEXT)
  } catch (error) {
    throw new WeirError('WEIR_DATA_UNUSABLE', { dir: data, problem: messageOf(error) }, { cause: error })
  }
}

/** Refuses data whose times are not real to a hub with a real clock. Throws WEIR_CLOCK_DRIVEN. */
export function refuseDrivenData(data: string): void {
  if (!isMarked(data)) return
  const problem = `${data} is that of a hub whose clock was driven by a test; give another --data`
  throw new WeirError('WEIR_CLOCK_DRIVEN', { problem })
}

function isMarked(data: string): boolean {
  return existsSync(join(data, MARK))
}
