/** Waits so many milliseconds of real time, and keeps the process alive meanwhile: for commands that look again. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
