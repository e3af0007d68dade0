export const now = () => Date.now() * 1000
export const after = (ms: number, run: () => void) => setTimeout(run, ms)
