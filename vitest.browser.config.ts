import { defineConfig } from 'vitest/config'

/** `npm run test:browser`: one worker, for one browser is a reader, and its windows take turns for the focus. */
export default defineConfig({
  test: {
    include: ['test/browser/*.browser.ts'],
    globalSetup: 'test/browser/global.ts',
    isolate: false,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
