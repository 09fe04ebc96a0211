// Which way imports point. The core turns bytes into records and records into answers; all input and output is the
// adapters'. Types count as imports: a core that knows an adapter's types is bound to it just as well.
const core = '^src/(trail|identity|diagnosis|live|catalogue|report|simulator)/|^src/(ports|errors)[.]ts$';

/** What of Node only computes; everything else reads, writes, waits or asks the machine. */
const computing = '^(node:)?(buffer|crypto|string_decoder|url|util|zlib)$';

/** Libraries that only compute, and that the core may therefore use. */
const computingLibraries = 'node_modules/(csv-stringify|ipaddr[.]js|yaml)/';

/** Adapters of the functions alone. */
const live =
  '^src/adapters/((live|findings)-environment[.]ts|cloudtrail/|cloudwatch/|dynamodb/|findings/|iam/|sqs/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-knows-nobody-outside',
      comment: 'The core reaches the world through src/ports.ts only.',
      severity: 'error',
      from: { path: core },
      to: { path: '^(src/adapters|cli|functions|bench|test)/' },
    },
    {
      name: 'core-does-no-input-or-output',
      comment:
        'No file system, network, process or thread in the core: take bytes and values, give bytes and values.',
      severity: 'error',
      from: { path: core },
      to: { dependencyTypes: ['core'], pathNot: computing },
    },
    {
      name: 'core-uses-computing-libraries-only',
      comment:
        'No SDK and no database in the core. A library that only computes is added to the list in this file.',
      severity: 'error',
      from: { path: core },
      to: { path: 'node_modules/', pathNot: computingLibraries },
    },
    {
      name: 'truth-stands-alone',
      comment:
        'The simulator says what is true by itself; reading it off the code under test would prove nothing.',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^src/(identity|diagnosis|live|catalogue|report)/' },
    },
    {
      name: 'simulator-is-no-part-of-an-answer',
      comment: 'What is simulated must not be able to reach what is read and attributed.',
      severity: 'error',
      from: { path: '^src/(trail|identity|diagnosis|live|catalogue|report)/' },
      to: { path: '^src/simulator/' },
    },
    {
      name: 'adapters-know-no-program',
      comment: 'Adapters serve the command line and the functions alike.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^(cli|functions|bench|test)/' },
    },
    {
      name: 'programs-stand-apart',
      comment: 'The command line and the functions share src/, not each other.',
      severity: 'error',
      from: { path: '^(cli|functions)/' },
      to: { path: '^(cli|functions|bench|test)/', pathNot: '^$1/' },
    },
    {
      name: 'aws-in-adapters-only',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: 'node_modules/@(aws-sdk|smithy)/' },
    },
    {
      name: 'duckdb-in-its-adapter-only',
      severity: 'error',
      from: { path: '^(src/adapters|cli|functions)/', pathNot: '^src/adapters/duckdb/' },
      to: { path: 'node_modules/@duckdb/' },
    },
    {
      name: 'commander-in-cli-only',
      severity: 'error',
      from: { path: '^(src/adapters|functions)/' },
      to: { path: 'node_modules/commander/' },
    },
    {
      name: 'live-path-in-functions-only',
      comment: 'What only the functions use is bundled into them, and not installed with the command.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: live, reachable: true },
    },
    {
      name: 'runtime-dependencies-only',
      comment:
        'What users run may not need a package that only developers have; functions are bundled with theirs.',
      severity: 'error',
      from: { path: '^(src|cli)/', pathNot: live },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycle',
      comment: 'Types may refer to each other, since they are gone when the program runs; values may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.d.ts', '.json'],
    },
  },
};
