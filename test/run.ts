// What `npm test` runs: lint, types, the dashboard's build, then all tests. It stops at the first stage that fails;
// the last line is always `N passed, N failed`. Arguments go to vitest: `npm test -- protocol`.
import { type Counts, exitWith } from './counts.ts'
import { npm, runTests } from './run-tests.ts'

const CHECKS = [
  { name: 'lint', script: ['lint'] },
  { name: 'types', script: ['types'] },
  { name: 'dashboard build', script: ['build', '--workspace', 'dashboard'] },
]

function headline(text: string): void {
  console.log(`\n== ${text} ${'='.repeat(Math.max(0, 70 - text.length))}`)
}

function stages(args: readonly string[]): Counts {
  for (const { name, script } of CHECKS) {
    headline(name)
    if (npm(script) === 0) continue
    headline(`${name} FAILED; the tests did not run`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  headline('tests')
  return runTests(args)
}

exitWith(stages(process.argv.slice(2)))
