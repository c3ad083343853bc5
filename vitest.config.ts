import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These install packages: `npm run check:packages`.
    exclude: ['test/packed/**'],
    // Tests start threads of their own; a process for each file keeps one file's workers out of another's leak checks.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
