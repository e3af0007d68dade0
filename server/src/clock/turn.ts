/** Runs something once the input that is ready in this turn of the event loop has been read. */
export type NextTurn = (run: () => void) => void

export const nextTurn: NextTurn = (run) => {
  setImmediate(run)
}
