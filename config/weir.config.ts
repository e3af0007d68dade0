import { config, selfProbe, thisHost } from 'weir-hub'
import { deploying, requestsFail, requestsSlow } from './rules/app.ts'
import { diskFull } from './rules/disk.ts'
import { hostDown } from './rules/host.ts'
import { hubHealth, proofOfLife } from './rules/hub.ts'
import { indexAll } from './rules/index.ts'

export default config({
  listen: { riemann: '127.0.0.1:5555', http: '127.0.0.1:5556' },
  inputs: [thisHost(), selfProbe()],
  rules: [indexAll, diskFull, hostDown, deploying, requestsFail, requestsSlow, ...hubHealth, proofOfLife],
})
