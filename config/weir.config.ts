import { config, thisHost } from 'weir-hub'
import { diskFull } from './rules/disk.ts'
import { hostDown } from './rules/host.ts'
import { indexAll } from './rules/index.ts'

export default config({
  listen: { riemann: '127.0.0.1:5555', http: '127.0.0.1:5556' },
  inputs: [thisHost()],
  rules: [indexAll, diskFull, hostDown],
})
