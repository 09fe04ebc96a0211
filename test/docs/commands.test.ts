// Runs every command that a document shows, in a folder as a reader would have it, and holds its links to be real.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { FAILED_ASSUMPTION } from '../corpus/failed-assumption.ts';
import { CAUSE_FIXTURES } from '../diagnosis/cause-fixtures.ts';
import { type AccountServer, startAccountServer } from '../support/account-server.ts';
import { type AthenaServer, startAthenaServer } from '../support/athena-server.ts';
import { type ClusterServer, startClusterServer } from '../support/cluster-server.ts';
import { noRecords } from '../support/no-records.ts';
import { S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'dist/podtrail.js');
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Shown {
  document: string;
  command: string;
}

/** Commands stand in blocks marked sh, one a line; `&&` joins several. */
function shownCommands(document: string): Shown[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/```sh\n([^`]*)```/g)]
    .flatMap(([, block]) => (block ?? '').split('\n'))
    .flatMap((line) => line.replace(/\s+#.*$/, '').split('&&'))
    .map((command) => ({ document, command: command.trim() }))
    .filter(({ command }) => command !== '');
}

/** The log files of a folder by their keys. */
function objectsOf(logs: string): Record<string, Uint8Array> {
  const files = readdirSync(logs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(logs, path), readFileSync(path)]));
}

// The page of questions is written from their own examples, which test/project/question-examples.test.ts asks.
const shown = DOCUMENTS.filter((name) => name !== 'docs/questions.md').flatMap(shownCommands);
let folder: string;
let server: S3Server;
let athena: AthenaServer;
let account: AccountServer;
let cluster: ClusterServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podtrail-documents-'));
  await writeSimulatedTrail(join(folder, 'logs'), { seed: 1, records: 2000 });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  server = await startS3Server();
  await server.createBucket('trail-bucket');
  // Statements run on a real engine in test/trino; here it is enough that they are taken.
  athena = await startAthenaServer(async ({ sql }) => noRecords(sql));
  await writeFixtures();
  await server.put('trail-bucket', objectsOf(join(folder, 'logs')));
});
/** A failed attempt, its role's trust policy, and an account and a cluster in which it failed. */
async function writeFixtures(): Promise<void> {
  account = await startAccountServer();
  cluster = await startClusterServer();
  const { shows } = CAUSE_FIXTURES['both-mechanisms'] ?? {};
  Object.assign(account, { facts: shows?.aws, endpoint: cluster.url });
  Object.assign(cluster, { facts: shows?.cluster });
  const { aws } = CAUSE_FIXTURES['trust-wildcard-in-equals']?.shows ?? {};
  const request = {
    action: 'sts:AssumeRole',
    principal: { type: 'Service', value: 'pods.eks.amazonaws.com' },
  };
  await writeFile(join(folder, 'role.json'), aws?.role?.trustPolicy ?? '');
  await writeFile(join(folder, 'request.json'), JSON.stringify(request));
  await writeFile(join(folder, 'failed.json'), JSON.stringify(FAILED_ASSUMPTION));
  await writeFile(join(folder, 'audit.log'), JSON.stringify({ kind: 'Event', verb: 'get' }));
  await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig);
}

afterAll(async () => {
  await server.stop();
  await athena.stop();
  await account.stop();
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the documents', () => {
  it('show commands', () => {
    expect(shown.filter(({ command }) => command.startsWith('npx podtrail')).length).toBeGreaterThanOrEqual(
      8,
    );
  });

  it.each(shown)('$document: $command', async ({ command }) => {
    const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
    if (command === 'npm ci' || command === 'npm test') return expect(Object.keys(scripts)).toContain('test');
    const script = /^npm run ([\w:]+)/.exec(command)?.[1];
    if (script !== undefined) return expect(Object.keys(scripts)).toContain(script);
    expect(command).toMatch(/^(npx )?podtrail /);
    const line = command.replace(/^(npx )?podtrail /, `"${process.execPath}" "${PROGRAM}" `);
    const env = {
      ...process.env,
      ...S3_ENVIRONMENT,
      AWS_ENDPOINT_URL_S3: server.endpointUrl,
      AWS_ENDPOINT_URL_ATHENA: athena.url,
      AWS_ENDPOINT_URL: account.environment.AWS_ENDPOINT_URL,
      KUBECONFIG: join(folder, 'kubeconfig'),
    };
    const ran = await new Promise<{ code: number; said: string }>((resolve) => {
      execFile('bash', ['-c', line], { cwd: folder, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          said: `${stdout}${stderr}`,
        });
      });
    });
    // What these find is a failure, and said by the exit code.
    const codes = /^(npx )?podtrail (diagnose|policy explain) /.test(command) ? [0, 4] : [0];
    expect([ran.code, codes.includes(ran.code) ? '' : ran.said]).toEqual([ran.code, '']);
  });
});

interface Link {
  document: string;
  file: string;
  anchor: string;
}

const LINKS = DOCUMENTS.flatMap((document): Link[] => {
  const found = readFileSync(join(ROOT, document), 'utf8').matchAll(
    /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g,
  );
  return [...found].map(([, file = '', anchor = '']) => ({ document, file, anchor }));
});

/** As GitHub names headings. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

describe('links', () => {
  it('are looked at', () => expect(LINKS.length).toBeGreaterThan(20));

  it.each(LINKS)('$document leads to $file#$anchor', ({ document, file, anchor }) => {
    const target = file === '' ? join(ROOT, document) : join(ROOT, dirname(document), file);
    expect(existsSync(target)).toBe(true);
    if (anchor === '') return;
    const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
      slug(text),
    );
    expect(headings).toContain(anchor);
  });
});
