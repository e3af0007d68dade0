/**
 * A recurring window of time: on these weekdays, from one time of day to another, by the clocks
 * of a time zone. A window whose end is before its start reaches into the next day.
 */
export interface TimeWindow {
  /** Default: every day. */
  readonly days?: readonly Weekday[]
  /** `'02:00'`. */
  readonly from: string
  readonly to: string
  /** An IANA name: `'Europe/Berlin'`. */
  readonly timeZone: string
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

const DAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MINUTE = 60_000_000

/** Why a window is none, or undefined. */
export function windowProblem({ from, to, timeZone, days }: TimeWindow): string | undefined {
  if (minutesOf(from) === undefined) return `from '${from}' is no time of day; write '02:00'`
  if (minutesOf(to) === undefined) return `to '${to}' is no time of day; write '04:30'`
  if (from === to) return 'from and to are the same'
  if (days?.length === 0) return 'days is empty; leave it out for every day'
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone })
  } catch {
    return `there is no time zone '${timeZone}'; write such as 'Europe/Berlin' or 'UTC'`
  }
  return undefined
}

/**
 * When the window that is open at `now` closes, in microseconds; undefined where none is. Wall clocks that are set
 * forward or back are followed: the window opens and closes when the clocks on the wall say so.
 */
export function openUntil(window: TimeWindow, now: number): number | undefined {
  const from = minutesOf(window.from) ?? 0
  const to = minutesOf(window.to) ?? 0
  const here = wallTime(window.timeZone, now)
  const inside =
    from < to
      ? isDay(window, here.day) && here.minute >= from && here.minute < to
      : (isDay(window, here.day) && here.minute >= from) ||
        (isDay(window, (here.day + 6) % 7) && here.minute < to)
  if (!inside) return undefined
  // The offset of the zone may change before the end: the guess is corrected until the clocks there show `to`.
  const start = now - (now % MINUTE)
  let end = start + ((to - here.minute + 1440) % 1440 || 1440) * MINUTE
  for (let tries = 0; tries < 3; tries++) {
    const { minute } = wallTime(window.timeZone, end)
    const off = ((minute - to + 720 + 1440) % 1440) - 720
    if (off === 0) break
    end -= off * MINUTE
  }
  // Clocks that skip the end of the window never show it: then it is looked at again in a minute.
  return Math.max(end, start + MINUTE)
}

function isDay({ days }: TimeWindow, day: number): boolean {
  const name = DAYS[day]
  return days === undefined || (name !== undefined && days.includes(name))
}

function minutesOf(text: string): number | undefined {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  return parts === null ? undefined : Number(parts[1]) * 60 + Number(parts[2])
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What the clocks of a zone show: the day of the week (0 is Sunday) and the minute of the day. */
function wallTime(timeZone: string, at: number): { readonly day: number; readonly minute: number } {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(at / 1000).map(({ type, value }) => [type, value]))
  const short = parts.get('weekday')?.toLowerCase() ?? ''
  const day = DAYS.findIndex((name) => short.startsWith(name))
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
}
