/** Shown where there is nothing to show. */
export const NOTHING = '–'

/** A text, or a dash where it is absent or empty. */
export function orDash(text: string | null): string {
  return text === null || text === '' ? NOTHING : text
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const EXACT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 17 })
const SHORT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })
const PREFIXES = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const

/**
 * A number short enough to compare down a column: four significant digits, thousands grouped, SI prefixes from ten
 * million on, powers of ten where those end. Of a row no unit is known, so none is claimed.
 *
 * @example metric(81_234_567_890) // '81.23 G'
 */
export function metric(value: number | null): string {
  if (value === null) return NOTHING
  const size = Math.abs(value)
  if (size >= 1e18 || (size > 0 && size < 1e-4)) return value.toExponential(2).replace('e+', 'e')
  if (size < 1e7 && Number.isInteger(value)) return WHOLE.format(value)
  if (size < 9_999.5) return SHORT.format(value)
  if (size < 1e7) return WHOLE.format(value)
  const [scale, prefix] = PREFIXES.find(([scale]) => size >= scale) ?? [1, '']
  return `${SHORT.format(value / scale)} ${prefix}`
}

/** A metric with its unit, where that is known: `4.2 %`, `81.23 GB`. */
export function measured(value: number | null, unit: string | null): string {
  const text = metric(value)
  if (value === null || unit === null || unit === '') return text
  return /[PTGM]$/.test(text) ? `${text}${unit}` : `${text} ${unit}`
}

/** A number with all its digits. */
export function exactly(value: number | null): string {
  if (value === null) return NOTHING
  const size = Math.abs(value)
  return size >= 1e21 || (size > 0 && size < 1e-6) ? String(value) : EXACT.format(value)
}

/** A whole number with grouped thousands. */
export function count(value: number): string {
  return WHOLE.format(value)
}

/** Events a second: one decimal while they are few. */
export function rate(perSecond: number): string {
  return perSecond < 99.95 ? perSecond.toFixed(1) : WHOLE.format(perSecond)
}

/** `1 host`, `2 hosts`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long something is past, in its largest unit: `12 s`, `4 min`, `3 h`, `5 d`. Milliseconds; never negative. */
export function age(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} d`
}

/** As `age`, with the next smaller unit from an hour on: `1 h 12 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const [unit, rest] = ms < HOUR ? [ms, 0] : ms < DAY ? [ms, ms % HOUR] : [ms, ms % DAY]
  const smaller = ms < DAY ? MINUTE : HOUR
  return rest >= smaller ? `${age(unit)} ${age(rest)}` : age(unit)
}

const two = (value: number): string => String(value).padStart(2, '0')

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time of the day in the browser's zone: `14:03`. Epoch milliseconds. */
export function clockTime(ms: number): string {
  const at = new Date(ms)
  return `${two(at.getHours())}:${two(at.getMinutes())}`
}

/** As `clockTime`, with seconds: `14:03:12`. */
export function clockSeconds(ms: number): string {
  return `${clockTime(ms)}:${two(new Date(ms).getSeconds())}`
}

/** The time of the day, with the date where it was another day than `now`: `14:03`, `21 Nov 14:03`. */
export function moment(ms: number, now: number): string {
  const at = new Date(ms)
  const sameDay = at.toDateString() === new Date(now).toDateString()
  return sameDay ? clockTime(ms) : `${at.getDate()} ${MONTHS[at.getMonth()]} ${clockTime(ms)}`
}

/** Date and time to the millisecond, in the browser's zone: `2026-11-22 14:03:12.004`. */
export function timestamp(ms: number): string {
  const at = new Date(ms)
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${clockSeconds(ms)}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** How an event's own time lies to its arrival: `2.3 s before arrival`. Anything below 50 ms is "on arrival". */
export function lag(time: number, arrival: number): string {
  const ms = Math.abs(arrival - time)
  if (ms < 50) return 'on arrival'
  const far = ms < MINUTE ? `${(ms / SECOND).toFixed(1)} s` : duration(ms)
  return `${far} ${time <= arrival ? 'before' : 'after'} arrival`
}
