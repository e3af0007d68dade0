export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * What vitest's JSON report says. A file that could not be loaded counts as one failure, and so does a run that
 * failed in any other way (an unhandled error, no report at all), so that no failure goes uncounted.
 */
export function countTests(report: unknown, exitCode: number): Counts {
  const passed = numberIn(report, 'numPassedTests')
  const skipped = numberIn(report, 'numPendingTests') + numberIn(report, 'numTodoTests')
  const failed = numberIn(report, 'numFailedTests') + brokenFiles(report)
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped }
}

/** `3 passed, 0 failed`, and `, 1 skipped` where any was. */
export function line({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Prints the line and lets the process end with 0 only when something passed and nothing failed. */
export function exitWith(counts: Counts): void {
  if (counts.passed === 0) console.log('No test passed.')
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1
  console.log(line(counts))
}

function numberIn(value: unknown, key: string): number {
  const found = valueIn(value, key)
  return typeof found === 'number' ? found : 0
}

function valueIn(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}

/** Files that failed although none of their tests did. */
function brokenFiles(report: unknown): number {
  const files = valueIn(report, 'testResults')
  if (!Array.isArray(files)) return 0
  return files.filter((file) => {
    const tests = valueIn(file, 'assertionResults')
    const anyFailed = Array.isArray(tests) && tests.some((each) => valueIn(each, 'status') === 'failed')
    return valueIn(file, 'status') === 'failed' && !anyFailed
  }).length
}
