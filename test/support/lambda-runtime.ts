// Runs a built function as Lambda does: its bundle under AWS's own runtime interface client, on Lambda's major of Node, which
// asks a server on this machine for one event after another.
// The client is compiled once (a C++ compiler, cmake and make, about a minute) into a folder of the user's cache.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CLIENT = { 'aws-lambda-ric': '4.0.2', node: '22.23.3' };
const CACHE = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'podtrail',
  `lambda-runtime-${Object.values(CLIENT).join('-')}`,
);
const API = '/2018-06-01/runtime';

export interface RunningFunction {
  /** Throws with what the function said where it failed, or where its process ended. */
  invoke(event: unknown): Promise<unknown>;
  /** What it wrote to its log, line by line. */
  lines: string[];
  /** Kills the process as it stands; the next event starts another. */
  kill(): void;
  stop(): Promise<void>;
}

/** Fetches and compiles the client unless it is there. Throws with the end of what npm said. */
export async function installRuntime(tell: (line: string) => void): Promise<void> {
  if (existsSync(CACHE)) return;
  tell('compiling the Lambda runtime interface client, once (about a minute)');
  const folder = `${CACHE}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    const allowScripts = Object.fromEntries(Object.keys(CLIENT).map((name) => [name, true]));
    const file = { name: 'lambda-runtime', private: true, allowScripts, dependencies: CLIENT };
    await writeFile(join(folder, 'package.json'), JSON.stringify(file));
    const isInstalled = await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund'], {
      cwd: folder,
    }).then(
      () => true,
      ({ stderr }: { stderr?: string }) => {
        tell(String(stderr).slice(-2000));
        return false;
      },
    );
    if (!isInstalled || !existsSync(join(folder, 'node_modules/aws-lambda-ric/rapid-client.node')))
      throw new Error(
        'the runtime interface client was not compiled: it takes a C++ compiler, cmake and make',
      );
    await rename(folder, CACHE);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Invocation {
  id: string;
  body: string;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** `folder` holds the bundle `index.mjs`; nothing but `environment` is in the function's environment. */
export async function startFunction(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningFunction> {
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let listener: ServerResponse | null = null;
  const hand = () => {
    const next = listener === null ? undefined : waiting.shift();
    if (listener === null || next === undefined) return;
    running.set(next.id, next);
    listener.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': next.id,
      'lambda-runtime-deadline-ms': String(Date.now() + 300_000),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:us-east-1:111122223333:function:${name}`,
    });
    listener.end(next.body);
    listener = null;
  };
  const server = createServer((request, response) => {
    const [, id = '', how = ''] = /invocation\/([^/]+)\/(response|error)$/.exec(request.url ?? '') ?? [];
    if (request.url === `${API}/invocation/next`) {
      listener = response;
      hand();
      return;
    }
    void bodyOf(request).then((body) => {
      response.writeHead(202).end('{}');
      const done = running.get(id);
      running.delete(id);
      if (how === 'response') done?.resolve(JSON.parse(body));
      else fail(body, done === undefined ? [...running.values(), ...waiting.splice(0)] : [done]);
    });
  });
  const fail = (said: string, whose: Invocation[]) => {
    for (const one of whose) one.reject(new Error(`${name} failed: ${said.slice(0, 500)}`));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];
  const start = () => {
    const modules = join(CACHE, 'node_modules');
    const child = spawn(
      join(modules, 'node/bin/node'),
      [join(modules, 'aws-lambda-ric/index.mjs'), 'index.handler'],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...environment,
          AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
          _HANDLER: 'index.handler',
          LAMBDA_TASK_ROOT: folder,
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_VERSION: '1',
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
          AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
          AWS_LAMBDA_LOG_STREAM_NAME: '1',
        },
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)));
    child.once('close', () => {
      if (current === child) current = null;
      listener = null;
      const lost = [...running.values()];
      running.clear();
      fail(lines.slice(-3).join(' '), lost);
    });
    return child;
  };
  let current: ReturnType<typeof start> | null = null;
  let invocations = 0;
  return {
    lines,
    invoke: (event) =>
      new Promise((resolve, reject) => {
        invocations += 1;
        waiting.push({ id: `${name}-${invocations}`, body: JSON.stringify(event), resolve, reject });
        current ??= start();
        hand();
      }),
    kill: () => current?.kill('SIGKILL'),
    stop: async () => {
      const child = current;
      if (child !== null) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
