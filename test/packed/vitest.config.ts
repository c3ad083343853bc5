// The checks of what is published: they need the network, and take longer than the rest. `npm run check:packages`.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/packed/**/*.test.ts'],
    globalSetup: 'test/packed/install.ts',
    pool: 'forks',
    // Each starts compilers and bundlers of its own.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
