import { defineConfig } from 'vitest/config'

/** Tests that break the hub on purpose, with real processes and disks; they take minutes. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // The machine is one of two cores, and each test keeps it busy.
    fileParallelism: false,
  },
})
