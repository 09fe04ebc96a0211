// How the Trino suite runs: on a server of its own, which a JDK has to run and Maven to fetch.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/trino/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    environment: 'node',
    pool: 'forks',
    testTimeout: 120_000,
    // Planning takes most of a small query's time: with three at once both cores are busy.
    maxConcurrency: 3,
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-trino.json' }]],
  },
});
