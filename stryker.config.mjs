// Mutation tests of the heart, who is behind a session and what a trust policy says: whatever is changed there, some test must notice.
export default {
  mutate: ['src/identity/**/*.ts', 'src/diagnosis/policy/**/*.ts'],
  testRunner: 'vitest',
  // Its own tests only. Those that load stores take seconds, which each of many hundred mutants would pay.
  vitest: { configFile: 'vitest.config.ts', related: true },
  ignorePatterns: [
    '/dist',
    '/reports',
    '/test/*',
    '!/test/identity',
    '!/test/diagnosis',
    '!/test/corpus',
    '!/test/support',
    '!/test/trino',
    '!/test/global-setup.ts',
    '/test/identity/both-ladders.test.ts',
    '/test/diagnosis/policy-properties.test.ts',
    '/test/diagnosis/policy-patch-property.test.ts',
    '/test/diagnosis/causes.test.ts',
  ],
  concurrency: 2,
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 85, break: 75 },
  reporters: ['clear-text', 'html', 'json'],
  htmlReporter: { fileName: 'reports/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation.json' },
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
};
