// The Athena adapter with the real client against a server that speaks Athena's protocol.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Athena } from '../../src/adapters/athena/athena.ts';
import { allRows, type StatementLimits } from '../../src/adapters/warehouse/warehouse.ts';
import {
  ATHENA_ENVIRONMENT,
  type AthenaResult,
  type AthenaServer,
  type Execute,
  startAthenaServer,
} from '../support/athena-server.ts';

const NOTHING: AthenaResult = { columns: [], rows: [], scannedBytes: 0 };
const never: Execute = () => new Promise(() => {});

let server: AthenaServer;
let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = { ...process.env };
  Object.assign(process.env, ATHENA_ENVIRONMENT);
});
afterEach(async () => {
  process.env = before;
  await server.stop();
});

async function athena(execute: Execute, limits: StatementLimits = {}): Promise<Athena> {
  server = await startAthenaServer(execute);
  process.env.AWS_ENDPOINT_URL_ATHENA = server.url;
  return Athena.connect({
    workgroup: 'wg',
    database: 'podtrail',
    location: null,
    limits,
  });
}

describe('Athena', () => {
  it('tells types apart, and NULL from the empty string', async () => {
    const engine = await athena(async () => ({
      columns: [
        { name: 'a', type: 'varchar' },
        { name: 'n', type: 'bigint' },
        { name: 'b', type: 'boolean' },
        { name: 't', type: 'timestamp' },
      ],
      rows: [
        ['', '7', 'true', '2026-10-05 03:00:00.000'],
        [null, '9007199254740993', 'false', null],
      ],
      scannedBytes: 42,
    }));
    expect(await allRows(engine, 'select 1')).toEqual([
      { a: '', n: 7, b: true, t: '2026-10-05 03:00:00.000' },
      { a: null, n: 9007199254740993n, b: false, t: null },
    ]);
    expect(engine.spent).toEqual({ statements: 1, scannedBytes: 42 });
  });

  it('pages through more rows than one answer holds, without the header', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => [String(n)]);
    const engine = await athena(async () => ({
      columns: [{ name: 'n', type: 'integer' }],
      rows,
      scannedBytes: 0,
    }));
    expect(await allRows(engine, 'select n')).toEqual(rows.map(([n]) => ({ n: Number(n) })));
    expect(server.pages).toBe(3);
  });

  it('sends values as quoted execution parameters, in the database and workgroup', async () => {
    const engine = await athena(async () => NOTHING);
    await engine.within('other').run('select ?', ["x' or '1'='1", null, 3]);
    expect(server.statements).toEqual([
      {
        sql: 'select ?',
        parameters: ["'x'' or ''1''=''1'", 'cast(null as varchar)', '3'],
        database: 'other',
        workgroup: 'wg',
      },
    ]);
  });

  it('refuses a value that Athena would not take', async () => {
    const engine = await athena(async () => NOTHING);
    await expect(engine.run('select ?', ['x'.repeat(2_000)])).rejects.toMatchObject({
      code: 'parameter-too-long',
    });
    expect(server.statements).toEqual([]);
  });

  it('waits and asks again when it is throttled', async () => {
    const engine = await athena(async () => NOTHING);
    server.throttle = 2;
    await engine.run('select 1');
    expect(server.statements.length).toBe(1);
  });

  it('runs a statement again whose failure may pass', async () => {
    let times = 0;
    const engine = await athena(async () => {
      times += 1;
      if (times === 1) throw new Error('ICEBERG_COMMIT_ERROR: Failed to commit');
      return NOTHING;
    });
    await engine.run('merge');
    expect(times).toBe(2);
  });

  it.each([
    [
      'TABLE_NOT_FOUND: line 1:15: Table awsdatacatalog.podtrail.calls does not exist',
      'table-missing',
      /init/,
    ],
    ['Query cancelled! : Bytes scanned limit was exceeded', 'scan-limit', /shorter time range/],
    [
      'PERMISSION_DENIED: Access Denied (Service: Amazon S3; Status Code: 403)',
      'access-denied',
      /s3:GetObject/,
    ],
    ['SYNTAX_ERROR: line 1:1: mismatched input', 'statement-refused', /does not take/],
    [
      'HIVE_CANNOT_OPEN_SPLIT: Error opening s3://b/k.json.gz',
      'log-file-unreadable',
      /s3:\/\/b\/k\.json\.gz[\s\S]*leave it out with --without/,
    ],
  ])('says what to do about %s', async (reason, code, remedy) => {
    const engine = await athena(async () => {
      throw new Error(reason);
    });
    await expect(engine.run('select 1')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(remedy),
    });
  });

  it('stops a statement that reads more than it may', async () => {
    const engine = await athena(never, { maxScanBytes: 2e6 });
    await expect(engine.run('select 1')).rejects.toMatchObject({ code: 'scan-limit' });
    expect(server.stopped).toEqual(['query-1']);
  });

  it('stops a statement that takes too long', async () => {
    const engine = await athena(never, { timeoutMs: 100 });
    await expect(engine.run('select 1')).rejects.toMatchObject({ code: 'time-limit' });
    expect(server.stopped).toEqual(['query-1']);
  });

  it('stops a statement that is not wanted any more, and still clears up', async () => {
    const controller = new AbortController();
    const engine = await athena(
      (statement) => (statement.sql === 'drop' ? Promise.resolve(NOTHING) : never(statement)),
      {
        signal: controller.signal,
      },
    );
    const running = engine.run('select 1');
    setTimeout(() => controller.abort(), 100);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.stopped).toEqual(['query-1']);
    await engine.withoutLimits().run('drop');
    expect(server.statements.length).toBe(2);
  });
});
