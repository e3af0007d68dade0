import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{protocol,server,clients/node,dashboard,config,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/fixtures/**', 'test/.work/**', 'test/faults/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The end-to-end tests mostly wait.
    maxWorkers: 3,
    // The usual machine is busy with other tests.
    expect: { poll: { timeout: 10_000 } },
  },
})
