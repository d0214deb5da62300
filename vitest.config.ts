import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/global.ts',
    setupFiles: 'test/setup.ts',
    isolate: false,
    // By default one core is kept free, which on two of them leaves one to the tests, and that waits for programs most of the time.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
