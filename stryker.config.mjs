// Mutation tests of the heart, who is behind a session: whatever is changed there, some test must notice.
export default {
  mutate: ['src/identity/**/*.ts'],
  testRunner: 'vitest',
  // Only tests that reach the mutated code run.
  vitest: { configFile: 'vitest.config.ts', related: true },
  ignorePatterns: ['/dist', '/reports'],
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ['clear-text', 'html', 'json'],
  htmlReporter: { fileName: 'reports/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation.json' },
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
};
