import { readFileSync } from 'node:fs'

/** What a process (`PID`) or thread (`PID/task/TID`) has had of the processor, in seconds; undefined where there is no /proc. */
export function cpuSeconds(task: string): number | undefined {
  try {
    const fields = readFileSync(`/proc/${task}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}
