// The Athena adapter with the real client against a server that speaks Athena's protocol.
import { describe, expect, it } from 'vitest';
import { Athena } from '../../src/adapters/athena/athena.ts';
import { allRows, type StatementLimits } from '../../src/adapters/warehouse/warehouse.ts';
import { athenaInTests, NOTHING } from '../support/athena-in-tests.ts';
import { AthenaFailure, type AthenaServer, type Execute } from '../support/athena-server.ts';

const never: Execute = () => new Promise(() => {});

let server: AthenaServer;
const start = athenaInTests();

async function athena(execute: Execute, limits: StatementLimits = {}): Promise<Athena> {
  server = await start(execute);
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
    expect(engine.spent).toEqual({ statements: 1, scannedBytes: 42, chargedBytes: 10e6 });
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
      message: expect.stringMatching(/1024 characters at most, and one has 2002: give a shorter value/),
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

  it('runs no insert again, whose rows may stand although it failed', async () => {
    const engine = await athena(async () => {
      throw new Error('GENERIC_INTERNAL_ERROR: Unexpected');
    });
    await expect(engine.run('insert into claims select 1')).rejects.toMatchObject({ code: 'transient' });
    expect(server.statements.length).toBe(1);
  });

  it.each([
    ['again where Athena says that it may pass', 'HIVE_UNKNOWN_ERROR: x', true, 2],
    ['once where Athena says that it will not', 'GENERIC_INTERNAL_ERROR: x', false, 1],
    ['again after a conflict, whatever Athena says', 'ICEBERG_COMMIT_ERROR: x', false, 2],
  ])('runs a statement %s', async (_, reason, retryable, times) => {
    let left = 1;
    const engine = await athena(async () => {
      left -= 1;
      if (left === 0) throw new AthenaFailure(reason, { retryable });
      return NOTHING;
    });
    await engine.run('select 1').catch(() => null);
    expect(server.statements.length).toBe(times);
  });

  it.each([
    [
      'StartQueryExecution',
      'TooManyRequestsException',
      'You have exceeded the limit for the number of queries',
    ],
    ['GetQueryExecution', 'InternalServerException', 'try again'],
    ['GetQueryResults', 'InternalServerException', 'try again'],
  ])('repeats a failed %s, and not the statement', async (action, type, message) => {
    const engine = await athena(async () => NOTHING);
    // The SDK repeats by itself what it takes for throttling.
    for (let times = 0; times < 2; times += 1) server.refusals.push({ action, type, message });
    await allRows(engine, 'select 1');
    expect([server.refusals, server.statements.length, server.stopped]).toEqual([[], 1, []]);
  });

  it('stops a statement that it cannot watch any more, and starts no other', async () => {
    const engine = await athena(never);
    for (let times = 0; times < 3; times += 1)
      server.refusals.push({ action: 'GetQueryExecution', type: 'InternalServerException', message: 'no' });
    await expect(engine.run('select 1')).rejects.toMatchObject({ code: 'transient' });
    expect([server.statements.length, server.stopped]).toEqual([1, ['query-1']]);
  });

  it('counts what failed statements read, and 10 MB of each statement at least', async () => {
    const read = [25e6, 1e6];
    const engine = await athena(async () => {
      throw new AthenaFailure('SYNTAX_ERROR: x', { scannedBytes: read.shift() ?? 0 });
    });
    for (let times = 0; times < 2; times += 1) await engine.run('select 1').catch(() => null);
    expect(engine.spent).toEqual({ statements: 2, scannedBytes: 26e6, chargedBytes: 35e6 });
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
    [
      'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://b/k.json.gz (offset=0, length=1): com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)',
      'access-denied',
      /s3:GetObject/,
    ],
    [
      'HIVE_CURSOR_ERROR: User is not authorized to perform: kms:Decrypt (Service: Amazon S3; Status Code: 403)',
      'access-denied',
      /kms:Decrypt/,
    ],
    ['Permission denied on S3 path: s3://b/AWSLogs/1', 'access-denied', /s3:ListBucket/],
    [
      'Insufficient permissions to execute the query. Insufficient Lake Formation permission(s) on log_files',
      'access-denied',
      /Lake Formation may have to grant/,
    ],
    ['ICEBERG_VACUUM_MORE_RUNS_NEEDED', 'more-runs-needed', /--tidy again/],
  ])('says what to do about %s', async (reason, code, remedy) => {
    const engine = await athena(async () => {
      throw new Error(reason);
    });
    await expect(engine.run('select 1')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(remedy),
    });
  });

  it('takes a file that S3 refuses for now for no damaged one', async () => {
    const reason =
      'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://b/k.json.gz (offset=0, length=1): Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)';
    let times = 0;
    const engine = await athena(async () => {
      times += 1;
      if (times === 1) throw new Error(reason);
      return NOTHING;
    });
    await engine.run('select 1');
    expect(times).toBe(2);
  });

  it.each([
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'credentials-expired',
      /aws sso login/,
    ],
    ['InvalidRequestException', 'WorkGroup podtrail is not found.', 'workgroup-missing', /--workgroup/],
    ['InvalidRequestException', 'Unable to verify/create output bucket b', 'output-missing', /--output/],
    [
      'InvalidRequestException',
      'No output location provided. An output location is required',
      'output-missing',
      /--output/,
    ],
  ])('says what to do about a start refused by %s: %s', async (type, message, code, remedy) => {
    const engine = await athena(async () => NOTHING);
    server.refusals.push({ action: 'StartQueryExecution', type, message });
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

  it('starts nothing that is not wanted any more', async () => {
    const controller = new AbortController();
    controller.abort();
    const engine = await athena(async () => NOTHING, { signal: controller.signal });
    await expect(engine.run('create database x')).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.statements).toEqual([]);
  });

  it('asks for no more rows when they are not wanted any more', async () => {
    const controller = new AbortController();
    const rows = Array.from({ length: 5_000 }, (_, n) => [String(n)]);
    const columns = [{ name: 'n', type: 'integer' }];
    const engine = await athena(async () => ({ columns, rows, scannedBytes: 0 }), {
      signal: controller.signal,
    });
    const pages = engine.rows('select n');
    await pages.next();
    controller.abort();
    await expect(pages.next()).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.pages).toBe(1);
  });

  it('says which statement it could not stop', async () => {
    const engine = await athena(never, { timeoutMs: 1 });
    server.refusals.push({ action: 'StopQueryExecution', type: 'InvalidRequestException', message: 'no' });
    await expect(engine.run('select 1')).rejects.toThrow(
      'could not stop Athena query query-1; it may still be running and billed',
    );
  });

  it('asks for a region where there is none', async () => {
    const engine = await athena(async () => NOTHING);
    delete process.env.AWS_REGION;
    const elsewhere = await Athena.connect({ workgroup: 'wg', database: 'podtrail', location: null });
    await expect(elsewhere.run('select 1')).rejects.toThrow(
      'no region for Athena: give --athena-region or set AWS_REGION',
    );
    expect(engine.spent.statements).toBe(0);
  });
});
