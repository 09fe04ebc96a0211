// The Trino adapter against a server that answers as Trino does, page by page.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Trino } from '../../src/adapters/trino/trino.ts';
import { allRows, type StatementLimits } from '../../src/adapters/warehouse/warehouse.ts';

type Answer = [status: number, body: unknown];

let http: Server;
const asked: { method: string; url: string; body: string; headers: NodeJS.Dict<string | string[]> }[] = [];

/** Answers are given in turn, `next` in a body stands for the server's own address. */
async function trino(answers: Answer[], limits: StatementLimits = {}): Promise<Trino> {
  asked.length = 0;
  http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers });
    const [status, answer] = request.method === 'DELETE' ? [204, null] : (answers.shift() ?? [500, null]);
    const text = JSON.stringify(answer)?.replaceAll('"next"', `"${address()}/page"`);
    response.writeHead(status as number).end(text);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return new Trino({ server: address(), user: 'eve', limits });
}

function address(): string {
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

afterEach(() => {
  http?.closeAllConnections();
  http?.close();
});

const columns = [{ name: 'n' }];

describe('Trino', () => {
  it('follows pages to the last, and counts what was read', async () => {
    const engine = await trino([
      [200, { nextUri: 'next' }],
      [200, { nextUri: 'next', columns, data: [[1], [null]], stats: { physicalInputBytes: 10 } }],
      [200, { columns, data: [[3]], stats: { physicalInputBytes: 25 } }],
    ]);
    expect(await allRows(engine.within('iceberg.podtrail'), 'select n')).toEqual([
      { n: 1 },
      { n: null },
      { n: 3 },
    ]);
    expect(engine.spent).toEqual({ statements: 1, scannedBytes: 25, chargedBytes: 10e6 });
    expect(asked[0]?.headers).toMatchObject({
      'x-trino-catalog': 'iceberg',
      'x-trino-schema': 'podtrail',
      'x-trino-user': 'eve',
    });
  });

  it('sends values as quoted literals', async () => {
    const engine = await trino([[200, {}]]);
    await engine.run("select ?, 'a'", ["it's", null]);
    expect(asked[0]?.body).toBe("execute immediate 'select ?, ''a''' using 'it''s', cast(null as varchar)");
  });

  it('asks again for a page that a busy server refused', async () => {
    const engine = await trino([
      [200, { nextUri: 'next' }],
      [503, null],
      [200, { columns, data: [[1]] }],
    ]);
    expect(await allRows(engine, 'select n')).toEqual([{ n: 1 }]);
  });

  it.each([
    ['merge into calls', 2],
    ['insert into calls', 1],
  ])('runs %s %i times when another statement was in its way', async (sql, times) => {
    const error = { errorName: 'ICEBERG_COMMIT_ERROR', message: 'Failed to commit' };
    const engine = await trino([
      [200, { nextUri: 'next' }],
      [200, { error, stats: { physicalInputBytes: 10 } }],
      [200, { stats: { physicalInputBytes: 20 } }],
    ]);
    await engine.run(sql).catch(() => null);
    expect(asked.filter(({ method }) => method === 'POST').length).toBe(times);
    expect(engine.spent).toMatchObject({ statements: times, scannedBytes: times === 1 ? 10 : 30 });
  });

  it('does not run a statement again since a page of it cannot be had', async () => {
    const engine = await trino([[200, { nextUri: 'next' }], ...Array<Answer>(3).fill([503, null])]);
    await expect(engine.run('merge into calls')).rejects.toMatchObject({ code: 'trino-busy' });
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET', 'DELETE']);
  });

  it('says what to do about an error', async () => {
    const engine = await trino([
      [200, { error: { errorName: 'TABLE_NOT_FOUND', message: 'Table x does not exist' } }],
    ]);
    await expect(engine.run('select 1')).rejects.toMatchObject({
      code: 'table-missing',
      message: expect.stringContaining('podtrail trino init'),
    });
  });

  it.each([
    [401, 'access-denied'],
    [404, 'trino-failed'],
  ])('tells of an answer %s', async (status, code) => {
    const engine = await trino([[status, null]]);
    await expect(engine.run('select 1')).rejects.toMatchObject({ code });
  });

  it('cancels what it is no longer asked for', async () => {
    const engine = await trino([[200, { nextUri: 'next', columns, data: [[1]] }]]);
    for await (const page of engine.rows('select n')) {
      expect(page).toEqual([{ n: 1 }]);
      break;
    }
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  it('cancels a statement that reads more than it may', async () => {
    const engine = await trino([[200, { nextUri: 'next', stats: { physicalInputBytes: 100 } }]], {
      maxScanBytes: 99,
    });
    await expect(engine.run('select n')).rejects.toMatchObject({ code: 'scan-limit' });
    expect(asked.at(-1)?.method).toBe('DELETE');
  });

  it('says when nobody answers', async () => {
    const engine = await trino([]);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await expect(engine.run('select 1')).rejects.toMatchObject({ code: 'trino-unreachable' });
  });

  it('sends a password over https only', () => {
    expect(() => new Trino({ server: 'http://trino.example.com', user: 'eve', password: 'x' })).toThrow(
      /https only/,
    );
    expect(() => new Trino({ server: 'trino.example.com:8080', user: 'eve' })).toThrow(/not an address/);
  });

  it('takes no password in the address, and does not say it again', () => {
    expect(() => new Trino({ server: 'https://eve:hunter2@trino.example.com', user: 'eve' })).toThrow(
      /^(?!.*hunter2).*TRINO_PASSWORD/,
    );
    for (const server of [
      'eve:hunter2@trino.example.com:8080',
      'https://eve:hunter2@h:99999',
      'ftp://eve:hunter2@h',
    ])
      expect(() => new Trino({ server, user: 'eve' })).toThrow(/^(?!.*hunter2).*not an address/);
  });
});
