// What `npm run test:faults` runs: the tests that kill and starve real hubs. The last line is always `N passed, N failed`.
// Arguments go to vitest: `npm run test:faults -- kill`. WEIR_SEED=… repeats a run, WEIR_KILLS=5 shortens it.
import { exitWith } from './counts.ts'
import { runTests } from './run-tests.ts'

exitWith(runTests(['--root', '.', '--config', 'test/faults/vitest.config.ts', ...process.argv.slice(2)]))
