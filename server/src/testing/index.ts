export { lines, type Played, play, type Until } from './play.ts'
export type { Derived, Tapped } from './stage.ts'
export { at, type EventParts, every, type Moment, silence, type Timeline } from './timeline.ts'
