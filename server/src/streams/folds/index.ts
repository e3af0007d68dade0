// What `folds` of weir-hub is: functions that make one event (or a list) of a list of events, to be used as
// `smap(folds.mean)` after a window. The event that is made keeps all fields of its template but the metric, also its time.
export {
  difference,
  differenceStrict,
  product,
  productStrict,
  quotient,
  quotientSloppy,
  quotientStrict,
  sum,
  sumStrict,
} from './arithmetic.ts'
export { count } from './count.ts'
export { extremum, maximum, minimum } from './extremum.ts'
export { type Fold, fold, foldAll, foldStrict, metrics, type Slot } from './fold.ts'
export { mean, stdDev } from './mean.ts'
export { mode, modes } from './mode.ts'
export { median, type Point, sortedSample, sortedSampleExtract } from './sample.ts'
