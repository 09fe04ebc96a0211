// Mutation testing of the heart: npm run mutation. Slow, so not part of CI.
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.config.ts', dir: 'test/identity' },
  mutate: ['src/identity/**/*.ts'],
  reporters: ['clear-text', 'progress'],
  concurrency: 2,
  coverageAnalysis: 'perTest',
  tempDirName: '.stryker-tmp',
};
