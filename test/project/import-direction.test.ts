// The rules on who may import whom, and what the core may touch, do notice what they forbid.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tracked-files.ts';

const run = promisify(execFile);

/** Files that break one rule each; those without a rule break none. */
const FILES: readonly [path: string, text: string, rule?: string][] = [
  ['src/trail/reads.ts', "export * from 'node:fs';", 'core-does-no-input-or-output'],
  ['src/trail/reads-promised.ts', "export * from 'node:fs/promises';", 'core-does-no-input-or-output'],
  ['src/trail/joins.ts', "export { join } from 'node:path';", 'core-does-no-input-or-output'],
  ['src/identity/starts.ts', "export * from 'child_process';", 'core-does-no-input-or-output'],
  ['src/diagnosis/asks.ts', "export * from 'node:https';", 'core-does-no-input-or-output'],
  ['src/catalogue/looks.ts', "export { env } from 'node:process';", 'core-does-no-input-or-output'],
  ['src/report/measures.ts', "export { cpus } from 'node:os';", 'core-does-no-input-or-output'],
  [
    'src/simulator/spreads.ts',
    "export { Worker } from 'node:worker_threads';",
    'core-does-no-input-or-output',
  ],
  ['src/identity/stores.ts', "export * from '@aws-sdk/client-s3';", 'core-uses-computing-libraries-only'],
  [
    'src/identity/queries.ts',
    "export const db = () => import('@duckdb/node-api');",
    'core-uses-computing-libraries-only',
  ],
  [
    'src/ports.ts',
    "export type { S3Client } from '@aws-sdk/client-s3';",
    'core-uses-computing-libraries-only',
  ],
  ['src/errors.ts', "export * from './adapters/fine.ts';", 'core-knows-nobody-outside'],
  [
    'src/report/knows-type.ts',
    "export type { fine } from '../adapters/fine.ts';",
    'core-knows-nobody-outside',
  ],
  ['src/identity/knows-cli.ts', "export * from '../../cli/fine.ts';", 'core-knows-nobody-outside'],
  ['src/simulator/peeks.ts', "export * from '../identity/fine.ts';", 'truth-stands-alone'],
  ['src/trail/pretends.ts', "export * from '../simulator/fine.ts';", 'simulator-is-no-part-of-an-answer'],
  ['src/adapters/prints.ts', "export * from '../../cli/fine.ts';", 'adapters-know-no-program'],
  ['src/adapters/handles.ts', "export * from '../../functions/fine.ts';", 'adapters-know-no-program'],
  ['src/adapters/benches.ts', "export * from '../../bench/fine.ts';", 'adapters-know-no-program'],
  ['src/adapters/stores.ts', "export * from '@duckdb/node-api';", 'duckdb-in-its-adapter-only'],
  ['src/adapters/parses.ts', "export * from 'commander';", 'commander-in-cli-only'],
  ['src/adapters/tests.ts', "export * from 'fast-check';", 'runtime-dependencies-only'],
  ['cli/stores.ts', "export * from '@aws-sdk/client-s3';", 'aws-in-adapters-only'],
  ['cli/handles.ts', "export * from '../functions/fine.ts';", 'programs-stand-apart'],
  ['functions/prints.ts', "export * from '../cli/fine.ts';", 'programs-stand-apart'],
  [
    'src/adapters/chicken.ts',
    "import { egg } from './egg.ts';\nexport const chicken = () => egg;",
    'no-cycle',
  ],
  [
    'src/adapters/egg.ts',
    "import { chicken } from './chicken.ts';\nexport const egg = () => chicken;",
    'no-cycle',
  ],
  ['src/adapters/lost.ts', "export * from './nowhere.ts';", 'no-unresolvable-import'],
  ['src/identity/fine.ts', "export { gunzipSync as fine } from 'node:zlib';"],
  ['src/simulator/fine.ts', "export { createHash as fine } from 'node:crypto';"],
  ['src/report/fine.ts', "export { stringify as fine } from 'csv-stringify/sync';"],
  [
    'src/adapters/fine.ts',
    "export { readFile as fine } from 'node:fs/promises';\nexport * from '@aws-sdk/client-s3';",
  ],
  [
    'src/adapters/duckdb/fine.ts',
    "export * from '@duckdb/node-api';\nexport * from '../../identity/fine.ts';",
  ],
  ['cli/fine.ts', "export * from 'commander';\nexport * from '../src/adapters/fine.ts';"],
  ['functions/fine.ts', "export * from '../src/adapters/fine.ts';"],
  ['bench/fine.ts', "export * from '../cli/fine.ts';"],
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podtrail-imports-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.json', 'biome.json', '.dependency-cruiser.cjs']) {
    await cp(join(ROOT, name), join(folder, name));
  }
  for (const [path, text] of FILES) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${text}\n`);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command of the repository in the folder; gives what it prints and its exit code, whatever that is. */
async function outcome(command: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  return run(command, args, { cwd: folder }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
}

describe('npm run imports', () => {
  it('fails, and names every import that points the wrong way, and no other', async () => {
    const { code, stdout } = await outcome('npm', ['run', '--silent', 'imports']);
    expect(code).toBeGreaterThan(0);
    // A cycle is told once, by any of its files.
    const told = [...stdout.matchAll(/^ {2}error (\S+): (\S+) →/gm)].map(([, rule, path]) =>
      rule === 'no-cycle' ? 'no-cycle' : `${rule} ${path}`,
    );
    const broken = FILES.flatMap(([path, , rule]) => (rule === undefined ? [] : [[rule, path]]));
    expect(told.sort()).toEqual(
      [
        'no-cycle',
        ...broken.filter(([rule]) => rule !== 'no-cycle').map(([rule, path]) => `${rule} ${path}`),
      ].sort(),
    );
  });
});

describe('the core', () => {
  it.each(['process.env.HOME', "fetch('x')", 'setTimeout(() => {}, 1)'])(
    'may not use %s, others may',
    async (expression) => {
      const paths = ['src/identity/global.ts', 'src/adapters/global.ts'];
      for (const path of paths) await writeFile(join(folder, path), `export const used = ${expression};\n`);
      const biome = join(ROOT, 'node_modules/.bin/biome');
      const { code, stdout } = await outcome(biome, [
        'lint',
        '--vcs-enabled=false',
        '--reporter=json',
        ...paths,
      ]);
      const { diagnostics } = JSON.parse(stdout) as {
        diagnostics: { category: string; location: { path: string } }[];
      };
      const denied = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedGlobals');
      expect(code).toBeGreaterThan(0);
      expect(denied.map(({ location }) => location.path)).toEqual(['src/identity/global.ts']);
    },
  );
});
