import type { Wall } from '../clock/wall.ts'
import type { Intake } from './intake.ts'

/** Something that brings events by itself, listed under `inputs` in the configuration: `thisHost()`. */
export interface Input {
  /** What sort of input it is: `this-host`. */
  readonly kind: string
  /** One line for the start-up report. */
  readonly describe: string
  /**
   * Begins to submit events; called once, when the hub takes them. Never throws: what goes wrong later is counted
   * through the intake.
   *
   * @param log Writes one line to the hub's log. Default: stderr.
   * @returns Ends it: nothing is submitted after.
   */
  start(intake: Intake, wall: Wall, log?: (line: string) => void): () => void
}
