export { lines, type Played, play } from './play.ts'
export { at, type EventParts, every, type Moment, type Timeline } from './timeline.ts'
