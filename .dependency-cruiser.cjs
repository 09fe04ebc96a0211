// Which way imports may point: commands use adapters, adapters use the core, and the core uses nothing of the outside.
const CORE = '^src/(trail|identity|diagnosis|catalogue|report|simulator)/|^src/(ports|errors)[.]ts$';

module.exports = {
  forbidden: [
    {
      name: 'core-stands-alone',
      comment: 'The core reads no files, calls no service and knows neither adapters nor commands.',
      severity: 'error',
      from: { path: CORE },
      to: { path: '^(src/adapters|cli|functions|bench|test)/' },
    },
    {
      name: 'core-is-pure',
      comment: 'No AWS SDK, DuckDB, file system, process or network in the core.',
      severity: 'error',
      from: { path: CORE },
      to: {
        path: '@aws-sdk|@duckdb|^(node:)?(fs|fs/promises|path|os|process|child_process|worker_threads|http|https|net|module)$',
      },
    },
    {
      name: 'adapters-know-no-commands',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^(cli|functions|bench|test)/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^(src|cli|functions)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
