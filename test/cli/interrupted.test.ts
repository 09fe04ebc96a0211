// A run that a signal ends takes its temporary files with it, and what a killed load left goes with the next one.
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { ATHENA_ENVIRONMENT, startAthenaServer } from '../support/athena-server.ts';
import { outcomeOf, podtrailProcess, startPodtrail } from '../support/podtrail-process.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
  await writeSimulatedTrail(files.path('logs'), { seed: 5, records: 20_000 });
});

afterAll(() => files.remove());

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the program as soon as it has made temporary files in the folder, and gives what is left there. */
async function leftAfter(signal: NodeJS.Signals, argv: string[], folder: string): Promise<string[]> {
  const child = startPodtrail(argv, { env: { TMPDIR: folder } });
  const outcome = outcomeOf(child);
  while ((await readdir(folder)).length === 0 && child.exitCode === null) await sleep(5);
  await sleep(200);
  child.kill(signal);
  const { code } = await outcome;
  expect(code).not.toBe(0);
  return readdir(folder);
}

describe.each(SIGNALS)('%s', (signal) => {
  it('stops the statement that Athena runs, and drops the tables made before it', async () => {
    let isReading = () => {};
    const reading = new Promise<void>((resolve) => {
      isReading = resolve;
    });
    // The statement that reads the log files goes on for ever.
    const athena = await startAthenaServer(({ sql }) => {
      if (!sql.startsWith('create table log_file_records'))
        return Promise.resolve({ columns: [], rows: [], scannedBytes: 0 });
      isReading();
      return new Promise(() => {});
    });
    try {
      const trail = ['--bucket', 's3://trail/', '--accounts', '111122223333', '--regions', 'us-east-1'];
      const asked = [
        'ask',
        'unattributed',
        '--engine',
        'athena',
        '--source',
        'logs',
        '--since',
        '2026-10-05',
      ];
      const child = startPodtrail([...asked, '--until', '2026-10-06', ...trail], {
        env: { ...ATHENA_ENVIRONMENT, AWS_ENDPOINT_URL_ATHENA: athena.url },
      });
      const outcome = outcomeOf(child);
      await reading;
      child.kill(signal);
      const { code, stdout, stderr } = await outcome;
      expect([code, stdout]).toEqual([128 + constants.signals[signal], '']);
      expect(stderr).toMatch(/interrupted; the running statement was cancelled/);
      expect(stderr).toMatch(/podtrail: \d+ statements, .* read, .*at most about [$]0[.]/);
      const read = athena.statements.findIndex(({ sql }) => sql.startsWith('create table log_file_records'));
      expect(athena.stopped).toEqual([`query-${read + 1}`]);
      const after = athena.statements.slice(read + 1).map(({ sql }) => sql);
      // Tables go several at once, before their schema.
      expect(after.slice(0, -1).sort()).toEqual([
        'drop table if exists log_file_records',
        'drop table if exists resource_rules',
      ]);
      expect(after.at(-1)).toMatch(/^drop database if exists podtrail_scratch_/);
    } finally {
      await athena.stop();
    }
  });

  it('ends a dry run that waits for S3', async () => {
    const s3 = createServer().listen(0, '127.0.0.1');
    await once(s3, 'listening');
    const { port } = s3.address() as AddressInfo;
    const trail = ['--bucket', 's3://trail/', '--accounts', '111122223333', '--regions', 'us-east-1'];
    const asked = ['ask', 'unattributed', '--engine', 'athena', '--source', 'logs', '--dry-run'];
    const child = startPodtrail([...asked, ...trail, '--since', '2026-10-05', '--until', '2026-10-06'], {
      env: { ...ATHENA_ENVIRONMENT, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` },
    });
    const outcome = outcomeOf(child);
    await once(s3, 'request');
    child.kill(signal);
    const { code, stdout } = await outcome;
    s3.close();
    s3.closeAllConnections();
    expect(code).toBe(128 + constants.signals[signal]);
    expect(stdout).toContain('how much that reads at most is not known: interrupted');
  });

  it('ends attribute, and nothing is left', async () => {
    const folder = files.path(`attribute-${signal}`);
    await mkdir(folder);
    expect(await leftAfter(signal, ['attribute', files.path('logs')], folder)).toEqual([]);
  });

  it('ends a load, and only the store is left', async () => {
    const folder = files.path(`load-${signal}`);
    await mkdir(folder);
    const left = await leftAfter(
      signal,
      ['load', files.path('logs'), '--store', `${folder}/trail.duckdb`],
      folder,
    );
    expect(left.filter((name) => !/^trail\.duckdb(\.wal)?$/.test(name))).toEqual([]);
  });
});

describe('a killed load', () => {
  it('leaves nothing beside the store after the next one', async () => {
    const folder = files.path('killed');
    await mkdir(folder);
    const argv = ['load', files.path('logs'), '--store', `${folder}/trail.duckdb`];
    await leftAfter('SIGKILL', argv, folder);
    expect((await podtrailProcess(argv)).code).toBe(0);
    expect(await readdir(folder)).toEqual(['trail.duckdb']);
  });
});
