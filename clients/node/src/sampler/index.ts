export {
  type CollectdName,
  type DataSource,
  type Moment,
  serviceOf,
  type ValueList,
  valueEvents,
} from './collectd-names.ts'
export { readThisHost } from './read-host.ts'
export type { Counters, Filesystem, NetworkInterface, ReadHost, Reading, Traffic } from './reading.ts'
export { createSampler, type Sampler, type SamplerOptions } from './sampler.ts'
