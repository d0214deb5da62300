import { configDefaults, defineConfig } from 'vitest/config'
import { leftOut } from './test/left-out.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut()],
    globalSetup: 'test/global.ts',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
