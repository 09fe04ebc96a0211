// How the replay suite runs: the built functions under Lambda's runtime client, which a C++ compiler makes once.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/replay/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 120_000,
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-replay.json' }]],
  },
});
