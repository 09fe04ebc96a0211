// How the tests run: built once beforehand, and counted in reports/vitest.json. Coverage costs byte loops threefold, so it has a run of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/trino/**', 'test/replay/**', 'node_modules/**'],
    globalSetup: 'test/global-setup.ts',
    environment: 'node',
    // Processes, since DuckDB is native and tests change the environment; two, since each may start load workers of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/trail/**', 'src/identity/**', 'src/catalogue/**', 'src/diagnosis/**', 'src/report/**'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'reports/coverage',
      thresholds: {
        'src/trail/**': { statements: 92, branches: 88, functions: 95, lines: 94 },
        'src/identity/**': { statements: 80, branches: 82, functions: 90, lines: 79 },
        'src/catalogue/**': { statements: 96, branches: 91, functions: 98, lines: 98 },
        'src/diagnosis/**': { statements: 90, branches: 85, functions: 90, lines: 90 },
        'src/report/**': { statements: 98, branches: 90, functions: 98, lines: 98 },
      },
    },
  },
});
