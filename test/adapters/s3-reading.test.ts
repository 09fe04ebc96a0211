// Owns the claims about reaching S3: reading objects, broken connections, and the reasons for what cannot be read.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FindOptions, findLogFiles, openLogFile } from '../../src/adapters/find-log-files.ts';
import { collect } from '../support/collect.ts';
import { runMain } from '../support/run-main.ts';
import { type Interception, S3_ENVIRONMENT, type S3Server, startS3Server } from '../support/s3-server.ts';

const KEY = 'a folder/1+1 %41 é?#.json.gz';
const PATH = `s3://logs/${KEY}`;
const CONTENT = gzipSync(Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251)));

let server: S3Server;

beforeAll(async () => {
  server = await startS3Server();
  await server.createBucket('logs');
  await server.put('logs', { [KEY]: CONTENT, 'small.json': '{}' });
}, 60_000);

afterAll(() => server.stop());

beforeEach(() => {
  for (const [name, value] of Object.entries(S3_ENVIRONMENT)) vi.stubEnv(name, value);
  server.forget();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

async function read(path: string, options: FindOptions = {}): Promise<Buffer> {
  return Buffer.concat(await collect(openLogFile(path, { endpointUrl: server.endpointUrl, ...options })));
}

async function findReason(path: string, options: FindOptions = {}): Promise<string> {
  const [found] = await collect(findLogFiles([path], { endpointUrl: server.endpointUrl, ...options }));
  return found?.kind === 'file' ? 'found' : `${found?.kind}: ${found?.reason}`;
}

function refuse(status: number, code: string, headers: Record<string, string> = {}): Interception {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>A message</Message></Error>`);
    return true;
  };
}

/** Answers an object's request with its beginning only, and breaks the connection. */
function breakOff(response: ServerResponse, bytes: number): void {
  response.writeHead(200, {
    'content-length': CONTENT.length,
    etag: '"one"',
    'content-type': 'application/json',
  });
  response.write(CONTENT.subarray(0, bytes), () => response.socket?.destroy());
}

describe('reading an object', () => {
  it('gives its bytes as they are stored, whatever its key', async () => {
    expect(await findReason('s3://logs/a folder/')).toBe('found');
    expect((await read(PATH)).equals(CONTENT)).toBe(true);
  });

  it.each(['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'])('obeys %s', async (name) => {
    vi.stubEnv(name, server.endpointUrl);
    expect(
      (
        await collect(
          openLogFile('s3://logs/small.json', { region: name.toLowerCase().replaceAll('_', '-') }),
        )
      ).join(''),
    ).toBe('{}');
    expect(server.requests).toHaveLength(1);
  });

  it('takes up a broken connection where it broke, on the same version of the object', async () => {
    const asked: unknown[] = [];
    server.intercept = (request, response) => {
      asked.push([request.headers.range, request.headers['if-match']]);
      if (asked.length > 1) return false;
      breakOff(response, 1000);
      return true;
    };
    expect((await read(PATH)).equals(CONTENT)).toBe(true);
    expect(asked).toEqual([
      [undefined, undefined],
      ['bytes=1000-', '"one"'],
    ]);
  });

  it('gives up where the connection breaks again and again', async () => {
    server.intercept = (request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      if (start === 0) breakOff(response, 10);
      else {
        response.writeHead(206, {
          'content-length': CONTENT.length - start,
          'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`,
          etag: '"one"',
        });
        response.write(CONTENT.subarray(start, start + 10), () => response.socket?.destroy());
      }
      return true;
    };
    await expect(read(PATH)).rejects.toMatchObject({ code: 's3-unreachable', retryable: true });
    expect(server.requests).toHaveLength(3);
  });

  it('does not join two versions of an object', async () => {
    server.intercept = (request, response, url) => {
      if (request.headers.range === undefined) breakOff(response, 1000);
      else refuse(412, 'PreconditionFailed')(request, response, url);
      return true;
    };
    await expect(read(PATH)).rejects.toMatchObject({ code: 's3-changed', retryable: true });
  });

  it('repeats a request that S3 asks to repeat', async () => {
    let count = 0;
    server.intercept = (request, response, url) => {
      count += 1;
      return count === 1 && refuse(503, 'SlowDown')(request, response, url);
    };
    expect((await read('s3://logs/small.json')).toString()).toBe('{}');
    expect(count).toBe(2);
  });

  it.each([
    [404, 'NoSuchKey', 's3-no-such-key', 'the object does not exist, or no longer'],
    [403, 'InvalidObjectState', 's3-archived', 'archived in Glacier: restore the object first'],
    [
      403,
      'AccessDenied',
      's3-access-denied',
      `access denied: allow s3:GetObject on arn:aws:s3:::logs/${KEY}`,
    ],
    [403, 'InvalidAccessKeyId', 's3-bad-credentials', 'S3 refused the AWS credentials (InvalidAccessKeyId)'],
    [400, 'SomethingNew', 's3-failed', 'S3 failed (400 A message)'],
  ])(
    'answered %i %s fails with the object, the reason and the remedy',
    async (status, name, code, reason) => {
      server.intercept = refuse(status, name);
      await expect(read(PATH)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(`${PATH}: ${reason}`),
        retryable: false,
        cause: expect.any(Error),
      });
    },
  );

  it('that fails is told of with its path once', async () => {
    server.intercept = (request, response, url) =>
      url.pathname.endsWith('small.json') && refuse(404, 'NoSuchKey')(request, response, url);
    const { code, stderr } = await runMain([
      ...['attribute', 's3://logs/small.json'],
      ...['--endpoint-url', server.endpointUrl],
    ]);
    expect(code).toBe(3);
    expect(stderr.split('\n')).toContain(
      'rejected file: s3://logs/small.json: the object does not exist, or no longer',
    );
  });
});

describe('a path that cannot be listed', () => {
  it.each([
    ['s3://none/x', 'rejected: there is no bucket none: check its name and the endpoint'],
    ['s3://logs/none/', 'rejected: no object has this prefix: check the bucket and the prefix'],
    ['s3://logs//small.json', 'rejected: no object has this prefix: check the bucket and the prefix'],
    ['s3://', 'rejected: no bucket named: write s3://bucket/prefix'],
    ['s3:///x', 'rejected: no bucket named: write s3://bucket/prefix'],
    [
      's3://arn:aws:s3:eu-west-1:111122223333:accesspoint/logs',
      "rejected: an access point's ARN cannot be read here: give its alias (s3://alias/prefix)",
    ],
  ])('%s is rejected with its reason', async (path, expected) => {
    expect(await findReason(path)).toBe(expected);
    expect(await findReason(path, { since: new Date('2023-01-01') })).toBe(expected);
  });

  it.each([
    [403, 'AccessDenied', 'access denied: allow s3:ListBucket on arn:aws:s3:::logs'],
    [400, 'ExpiredToken', 'S3 refused the AWS credentials (ExpiredToken): renew or correct them'],
    [
      403,
      'SignatureDoesNotMatch',
      'S3 refused the AWS credentials (SignatureDoesNotMatch): renew or correct them',
    ],
    [400, 'AuthorizationHeaderMalformed', 'bucket logs is in another region: set AWS_REGION to it'],
  ])('for the answer %i %s is rejected with the remedy', async (status, code, expected) => {
    server.intercept = refuse(status, code);
    expect(await findReason('s3://logs/')).toBe(`rejected: ${expected}`);
  });

  it('for want of credentials is rejected with the ways to have some', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, '');
    expect(await findReason('s3://logs/', { region: 'eu-south-1' })).toMatch(
      /^rejected: no AWS credentials \(.+\): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and .+aws sso login/,
    );
  });

  it('for an endpoint where nobody answers is rejected with what to check', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const endpointUrl = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    expect(await findReason('s3://logs/', { endpointUrl })).toMatch(
      /^rejected: S3 cannot be reached \(.*ECONNREFUSED.*\): check the network, the endpoint and the region/,
    );
  });
});

describe('a bucket of another region', () => {
  const redirect: Interception = (request, response, url) =>
    !(request.headers.authorization ?? '').includes('/eu-central-1/s3/') &&
    refuse(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' })(request, response, url);

  it('is followed there', async () => {
    server.intercept = redirect;
    expect(await findReason('s3://logs/small.json')).toBe('found');
    expect((await read('s3://logs/small.json')).toString()).toBe('{}');
  });

  it('is named where following does not help', async () => {
    server.intercept = refuse(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' });
    expect(await findReason('s3://logs/')).toBe(
      'rejected: bucket logs is in the region eu-central-1: set AWS_REGION to it',
    );
  });

  it('is reached though no region is set at all', async () => {
    vi.stubEnv('AWS_REGION', '');
    vi.stubEnv('AWS_DEFAULT_REGION', '');
    vi.stubEnv('AWS_ENDPOINT_URL', `${server.endpointUrl}/`);
    server.intercept = redirect;
    const found = await collect(
      findLogFiles(['s3://logs/small.json'], { endpointUrl: `${server.endpointUrl}/` }),
    );
    expect(found.map(({ kind }) => kind)).toEqual(['file']);
  });
});
