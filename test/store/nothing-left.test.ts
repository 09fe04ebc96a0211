// What must not be found afterwards: secrets anywhere, and files that a run needed only meanwhile.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartWriter } from '../../src/adapters/part-writer.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { SESSION_TOKEN_MARK } from '../../src/simulator/simulate-trail.ts';
import { parseRecord } from '../../src/trail/record.ts';
import { RECORDS } from '../corpus/cases.ts';
import { at, call, SECRET_MARK, sessionIdentity } from '../corpus/parts.ts';
import { podtrailProcess } from '../support/podtrail-process.ts';
import { runMain } from '../support/run-main.ts';
import { type Json, type Scratch, scratch } from '../support/scratch.ts';

const WHO = sessionIdentity({
  role: 'arn:aws:iam::111122223333:role/r',
  name: 's',
  began: at('03:00:00'),
  key: 'ASIAEXAMPLEKEY000001',
});
const secret = (n: number) => `${SECRET_MARK}-${n}-${'x'.repeat(40)}`;

/** Where secrets stand in CloudTrail's records, and where a careless caller puts them. */
const CARELESS: Json[] = [
  call({
    id: 'client token',
    time: at('03:40:00'),
    who: WHO,
    service: 'ec2',
    action: 'RunInstances',
    request: { clientToken: secret(1) },
    response: { clientToken: secret(2) },
  }),
  call({
    id: 'web identity token',
    time: at('03:40:01'),
    who: WHO,
    service: 'sts',
    action: 'AssumeRoleWithWebIdentity',
    request: { roleArn: 'arn:aws:iam::111122223333:role/r', webIdentityToken: secret(3) },
    response: {
      credentials: {
        accessKeyId: 'ASIAEXAMPLEKEY000002',
        sessionToken: secret(4),
        secretAccessKey: secret(5),
      },
    },
  }),
  call({
    id: 'session token',
    time: at('03:40:02'),
    who: { ...WHO, sessionContext: { ...(WHO.sessionContext as Json), sessionToken: secret(6) } },
    service: 'sts',
    action: 'GetSessionToken',
    response: { credentials: { accessKeyId: 'ASIAEXAMPLEKEY000003', sessionToken: secret(7) } },
  }),
  call({
    id: 'no time',
    time: '',
    who: WHO,
    service: 'sts',
    action: 'AssumeRole',
    response: { credentials: { sessionToken: secret(8) } },
  }),
];

let files: Scratch;
const outputs: string[] = [];

beforeAll(async () => {
  files = await scratch();
  await mkdir(files.path('tmp'));
  await writeSimulatedTrail(files.path('logs'), { seed: 3, records: 1500 });
  await files.log('logs/corpus.json.gz', [...RECORDS, ...CARELESS]);
  await files.write('logs/cut.json', JSON.stringify({ Records: CARELESS }).slice(0, -60));
  await files.write(
    'logs/odd.json',
    `{"Records":[{"eventVersion":"${secret(9)}"},"${secret(10)}",{"eventName":{"${secret(11)}":1}}]}`,
  );
  const env = { TMPDIR: files.path('tmp') };
  const runs = [
    ['attribute', files.path('logs'), '--reconciliation', files.path('out/sums.json')],
    [
      'load',
      files.path('logs'),
      '--store',
      files.path('out/trail.duckdb'),
      '--reconciliation',
      files.path('out/load.json'),
    ],
    ['ask', 'session-timeline', '--session', 's', '--store', files.path('out/trail.duckdb'), '-f', 'json'],
    ['ask', 'failed-assumptions', files.path('logs'), '-f', 'json'],
  ];
  await mkdir(files.path('out'));
  for (const argv of runs) {
    const { stdout, stderr } = await podtrailProcess(argv, { env });
    outputs.push(stdout, stderr);
  }
});

afterAll(() => files.remove());

describe('secrets', () => {
  it('stand in the log files that were read', async () => {
    expect(SESSION_TOKEN_MARK).toBe(SECRET_MARK);
    expect(JSON.stringify(RECORDS)).toContain(SECRET_MARK);
    expect(await files.read('logs/cut.json')).toContain(SECRET_MARK);
  });

  it('stand in no output and no talk', () => {
    expect(outputs.join('').length).toBeGreaterThan(100_000);
    for (const text of outputs) expect(text).not.toContain(SECRET_MARK);
  });

  it('stand in no store and no reconciliation', async () => {
    const names = (await readdir(files.path('out'))).sort();
    expect(names).toEqual(['load.json', 'sums.json', 'trail.duckdb']);
    for (const name of names)
      expect((await readFile(files.path(`out/${name}`))).includes(SECRET_MARK)).toBe(false);
  });

  it('stand in no parts on their way to the store', async () => {
    // DuckDB compresses texts, so that a store alone proves little: the parts are plain.
    await mkdir(files.path('parts'));
    const writer = new PartWriter(files.path('parts'), 0);
    let written = 0;
    for (const value of [...RECORDS, ...CARELESS]) {
      const { record } = parseRecord(value);
      if (record !== null) writer.record(record, 1, written++);
    }
    writer.take();
    expect(written).toBeGreaterThan(RECORDS.length - 3);
    for (const name of await readdir(files.path('parts'))) {
      expect(await readFile(join(files.path('parts'), name), 'utf8')).not.toContain(SECRET_MARK);
    }
  });
});

describe('temporary files', () => {
  it('are gone after every run', async () => {
    expect(await readdir(files.path('tmp'))).toEqual([]);
  });

  it('are gone after a run that failed', async () => {
    const { code } = await podtrailProcess(
      ['attribute', files.path('logs'), '--config', files.path('none.json')],
      { env: { TMPDIR: files.path('tmp') } },
    );
    expect(code).toBe(1);
    expect(await readdir(files.path('tmp'))).toEqual([]);
  });

  it('are not needed to ask a store', async () => {
    const outcome = await runMain(['ask', 'unattributed', '--store', files.path('out/trail.duckdb')]);
    expect(outcome.code).toBe(0);
    expect((await readdir(files.path('out'))).sort()).toEqual(['load.json', 'sums.json', 'trail.duckdb']);
  });
});
