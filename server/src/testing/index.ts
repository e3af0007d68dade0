export { lines, type Played, play, type Until } from './play.ts'
export type { Derived, Tapped } from './stage.ts'
export {
  type Acknowledging,
  type Arrival,
  acknowledge,
  at,
  type EventParts,
  every,
  type Moment,
  silence,
  type Timeline,
  type Which,
} from './timeline.ts'
