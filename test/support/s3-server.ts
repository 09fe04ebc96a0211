// Owns a real S3 server for tests: s3rver on 127.0.0.1, and before it a proxy that records requests and can answer as
// AWS would where s3rver never does (denials, redirects, archived objects, broken connections).
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment under which the default credential chain finds s3rver's only key, and no configuration of this machine. */
export const S3_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'S3RVER',
  AWS_SECRET_ACCESS_KEY: 'S3RVER',
  AWS_SESSION_TOKEN: '',
  AWS_REGION: 'us-east-1',
  AWS_PROFILE: '',
  AWS_ENDPOINT_URL: '',
  AWS_ENDPOINT_URL_S3: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
} as const;

/** Answers a request itself and returns true, or leaves it to s3rver. */
export type Interception = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

export interface S3Server {
  endpointUrl: string;
  /** What was asked since the last `forget()`. */
  requests: { method: string; url: URL }[];
  forget(): void;
  /** The prefixes of the listings asked for, in the order of arrival; those by folder end in `(folders)`. */
  listedPrefixes(): string[];
  /** Set for one test; reset by `forget()`. */
  intercept: Interception | null;
  /** Rewrites the XML of listings, for attributes that s3rver does not keep; reset by `forget()`. */
  rewrite: ((xml: string) => string) | null;
  createBucket(bucket: string): Promise<void>;
  /** Puts objects into a bucket, by key. */
  put(bucket: string, objects: Record<string, string | Uint8Array>): Promise<void>;
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);

// s3rver lists in the order of its own folders, and does not see a folder that holds folders only: its keys are put into
// S3's order and folded here. Its continuation tokens use a cipher that OpenSSL 3 has only in its legacy provider, which a
// process must be started with. The process ends with its standard input, so that it never outlives the tests.
const SERVER = `
  const [, directory, s3rver] = process.argv;
  const { default: S3rver } = await import(s3rver);
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory });
  const { store } = server;
  const listObjects = store.listObjects.bind(store);
  store.listObjects = async (bucket, { prefix = '', delimiter, startAfter = '', maxKeys = Infinity }) => {
    const { objects } = await listObjects(bucket, { prefix });
    const entries = new Map();
    for (const object of objects) {
      const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
      if (end === -1) entries.set(object.key, object);
      else entries.set(object.key.slice(0, end + 1), null);
    }
    const all = [...entries].filter(([key, object]) => key > startAfter && (object !== null || !startAfter.startsWith(key)));
    all.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    // The token of the next page names an object, so that a page must not end in a folder.
    const last = all.length <= maxKeys ? -1 : all.slice(0, maxKeys).findLastIndex(([, object]) => object !== null);
    const page = last === -1 ? all : all.slice(0, last + 1);
    return {
      objects: page.flatMap(([, object]) => object ?? []),
      commonPrefixes: page.flatMap(([key, object]) => (object === null ? key : [])),
      isTruncated: page.length < all.length,
    };
  };
  const { port } = await server.run();
  process.stdout.write(port + '\\n');
  process.stdin.resume().on('end', () => process.exit());
`;

export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'podtrail-s3-'));
  const flags = ['--openssl-legacy-provider', '--no-deprecation', '--input-type=module', '--eval', SERVER];
  const child = spawn(process.execPath, [...flags, directory, require.resolve('s3rver')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const backendPort = Number(line.toString());
  const state: Pick<S3Server, 'requests' | 'intercept' | 'rewrite'> = {
    requests: [],
    intercept: null,
    rewrite: null,
  };
  const proxy = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    state.requests.push({ method: incoming.method ?? '', url });
    if (state.intercept?.(incoming, response, url) === true) return;
    forward(incoming, response, {
      backendPort,
      rewrite: url.searchParams.has('list-type') ? state.rewrite : null,
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const endpointUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return Object.assign(state, {
    endpointUrl,
    forget() {
      state.requests.length = 0;
      state.intercept = null;
      state.rewrite = null;
    },
    listedPrefixes: () => state.requests.flatMap(({ url }) => listedPrefix(url)),
    async createBucket(bucket: string) {
      await mkdir(join(directory, bucket));
    },
    async put(bucket: string, objects: Record<string, string | Uint8Array>) {
      for (const [key, body] of Object.entries(objects)) await store(`${directory}/${bucket}/${key}`, body);
    },
    stop: () => stop({ child, proxy, directory }),
  });
}

/** Stores an object as s3rver itself does, which for thousands of them is far faster than asking it to. */
async function store(path: string, body: string | Uint8Array): Promise<void> {
  await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  await writeFile(`${path}._S3rver_object`, body);
  await writeFile(`${path}._S3rver_object.md5`, createHash('md5').update(body).digest('hex'));
}

function listedPrefix(url: URL): string[] {
  if (!url.searchParams.has('list-type')) return [];
  const prefix = url.searchParams.get('prefix') ?? '';
  return [url.searchParams.has('delimiter') ? `${prefix} (folders)` : prefix];
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  { backendPort, rewrite }: { backendPort: number; rewrite: S3Server['rewrite'] },
): void {
  const { method, url: path, headers } = incoming;
  const outgoing = request(
    { host: '127.0.0.1', port: backendPort, method, path, headers },
    async (answer) => {
      const { statusCode = 500, headers: answered } = answer;
      if (rewrite === null) {
        response.writeHead(statusCode, answered);
        answer.pipe(response);
        return;
      }
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part);
      const { 'content-length': _length, ...kept } = answered;
      response.writeHead(statusCode, kept).end(rewrite(Buffer.concat(parts).toString()));
    },
  );
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}

async function stop(parts: { child: ChildProcess; proxy: Server; directory: string }): Promise<void> {
  parts.proxy.closeAllConnections();
  parts.proxy.close();
  if (parts.child.exitCode === null) {
    const exited = once(parts.child, 'exit');
    parts.child.stdin?.end();
    await exited;
  }
  await rm(parts.directory, { recursive: true, force: true });
}
