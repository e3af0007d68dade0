export { lines, type Played, play, type Tapped } from './play.ts'
export { at, type EventParts, every, type Moment, silence, type Timeline } from './timeline.ts'
