// npm run bench:live: what a record costs on the live path beyond JSON.parse, how large and how quick to start the functions are
// beside a bare one, what a large log file takes, and how soon a failure is told. Ratios are of one run.
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from '../infra/bundle.mjs';
import { tellingOf } from '../src/adapters/findings-environment.ts';
import { liveOf } from '../src/adapters/live-environment.ts';
import { recordIn } from '../src/live/messages.ts';
import { settle } from '../src/live/settle.ts';
import { watch } from '../src/live/watch.ts';
import type { Handled } from '../src/ports.ts';
import { simulateTrail } from '../src/simulator/simulate-trail.ts';
import { readLogFile } from '../src/trail/log-file.ts';
import { startLiveEmulators } from '../test/support/live-emulators.ts';
import { event, refused } from '../test/support/live-events.ts';
import { MemoryLedger } from '../test/support/memory-ledger.ts';
import { message } from '../test/support/queue.ts';
import { S3_ENVIRONMENT, startS3Server } from '../test/support/s3-server.ts';
import { median } from './measure.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const RUNS = 9;
const KEY =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/05/111122223333_CloudTrail_us-east-1_20261005T0305Z_AbCdEfGhIjKlMnOp.json.gz';
const folder = await mkdtemp(join(tmpdir(), 'podtrail-live-'));

class MemoryHandled implements Handled {
  readonly #done = new Set<string>();

  async begin(id: string) {
    return this.#done.has(id) ? 'done' : 'begun';
  }

  async end(id: string) {
    this.#done.add(id);
  }

  async giveUp() {}
}

/** Assumptions in batches of 100, as the queue hands them over, with all ports in memory. */
async function perRecord(): Promise<void> {
  const bodies: string[] = [];
  for (const { body } of simulateTrail({ seed: 7, records: 60_000, hostile: false }))
    await readLogFile(bytesOf(body), {
      record: (detail) => {
        const isAssumption = String(detail.eventName).startsWith('AssumeRole');
        if (isAssumption && detail.eventSource === 'sts.amazonaws.com')
          bodies.push(
            JSON.stringify({ source: 'aws.sts', 'detail-type': 'AWS API Call via CloudTrail', detail }),
          );
      },
      rejected: () => {},
      skipped: () => {},
    });
  const parsing: number[] = [];
  const watching: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    let begun = performance.now();
    let parsed = 0;
    for (const body of bodies) if (JSON.parse(body) !== null) parsed += 1;
    parsing.push(((performance.now() - begun) * 1000) / parsed);
    const nothing = { put: async () => {}, note: async () => {} };
    const ports = {
      ledger: new MemoryLedger(),
      handled: new MemoryHandled(),
      metrics: nothing,
      failures: nothing,
      renewals: nothing,
      roles: { of: async () => null },
    };
    const named = { namespaces: new Set<string>(), workloads: new Set<string>() };
    const options = { takes: 'assumptions' as const, clusters: new Map(), named };
    begun = performance.now();
    for (let from = 0; from < bodies.length; from += 100) {
      const deliveries = bodies.slice(from, from + 100).flatMap((body, place) => {
        const { record } = recordIn(body);
        return record === null
          ? []
          : [{ messageId: String(place), record, sentAt: null, receivedAt: null, isLastTry: false }];
      });
      await watch(deliveries, ports, options);
    }
    watching.push(((performance.now() - begun) * 1000) / bodies.length);
  }
  const [parse, all] = [median(parsing), median(watching)];
  print(
    `watch-assumptions, ports in memory, ${bodies.length} records: ${all.toFixed(1)} µs a record, of which JSON.parse ${parse.toFixed(1)}: ${(all - parse).toFixed(1)} µs beyond it`,
  );
}

/** Bundled by the same code, started by turns. */
async function besideBare(): Promise<void> {
  const bare = await bundle('bench/bare-handler.ts');
  await writeFile(join(folder, 'bare.mjs'), bare.files['index.mjs']);
  const environment = {
    ...process.env,
    AWS_REGION: 'us-east-1',
    LEDGER_TABLE: 'ledger',
    METRIC_NAMESPACE: 'podtrail',
    ACCOUNT_ID: '111122223333',
    FINDINGS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:findings',
  };
  for (const name of ['watch-assumptions', 'watch-denials']) {
    const ours = await bundle(`functions/${name}.ts`);
    await writeFile(join(folder, `${name}.mjs`), ours.files['index.mjs']);
    const starts: Record<string, number[]> = { bare: [], [name]: [] };
    for (let run = 0; run < RUNS; run += 1)
      for (const one of ['bare', name]) {
        const { href } = pathToFileURL(join(folder, `${one}.mjs`));
        const timed = `const begun = performance.now(); await import('${href}'); console.log(performance.now() - begun)`;
        const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', timed], {
          env: environment,
          encoding: 'utf8',
        });
        starts[one]?.push(Number(stdout));
      }
    const [start, bareStart] = [median(starts[name] ?? []), median(starts.bare ?? [])];
    print(
      `${name}: zip ${(ours.zip.length / 1024).toFixed(0)} KiB, ${(ours.zip.length / bare.zip.length).toFixed(2)} times a bare one's; ` +
        `loaded in ${start.toFixed(0)} ms, ${(start / bareStart).toFixed(2)} times a bare one`,
    );
  }
}

/** From the queue to what is told, without the waiting of the queue's batch and of the schedule. */
async function queueToFinding(): Promise<void> {
  const emulators = await startLiveEmulators();
  const before = { ...process.env };
  try {
    Object.assign(process.env, emulators.environment);
    const live = liveOf(process.env);
    const telling = tellingOf(process.env);
    const took: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await emulators.reset();
      const bodies = Array.from({ length: 100 }, (_, place) =>
        message(event(refused(place)), String(place), 1),
      );
      const begun = performance.now();
      await watch(
        bodies.flatMap(({ body, messageId }) => {
          const { record } = recordIn(body);
          return record === null
            ? []
            : [{ messageId, record, sentAt: null, receivedAt: null, isLastTry: false }];
        }),
        live.ports,
        { takes: 'assumptions', clusters: live.clusters, named: live.named },
      );
      await settle(telling, Date.parse('2026-10-05T03:01:00Z'));
      took.push(performance.now() - begun);
      if (emulators.findings.length !== 1) throw new Error('one finding was to be told');
    }
    print(
      `from the queue to the finding, 100 failures of one workload: ${median(took).toFixed(0)} ms, and up to 65 s of waiting`,
    );
  } finally {
    process.env = before;
    await emulators.stop();
  }
}

/** One log file of 10 MB gzip through the built function, in a process of its own. */
async function largeFile(): Promise<void> {
  const emulators = await startLiveEmulators();
  const s3 = await startS3Server();
  try {
    await s3.createBucket('trail-bucket');
    const Records: unknown[] = [];
    for (const { body } of simulateTrail({ seed: 7, records: 45_000, hostile: false }))
      await readLogFile(bytesOf(body), {
        record: (one) => Records.push(one),
        rejected: () => {},
        skipped: () => {},
      });
    const body = gzipSync(JSON.stringify({ Records }));
    await s3.put('trail-bucket', { [KEY]: body });
    const notice = JSON.stringify({ detail: { bucket: { name: 'trail-bucket' }, object: { key: KEY } } });
    const { files } = await bundle('functions/ingest-log-file.ts');
    await mkdir(join(folder, 'ingest'), { recursive: true });
    await writeFile(join(folder, 'ingest/index.mjs'), files['index.mjs']);
    const script = `
      const { handler } = await import('./index.mjs');
      const begun = performance.now();
      await handler(${JSON.stringify({ Records: [message(notice, '1', 5)] })});
      console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, mebibytes: process.resourceUsage().maxRSS / 1024 }));`;
    await writeFile(join(folder, 'ingest/run.mjs'), script);
    emulators.actions.clear();
    const said = await inProcess(join(folder, 'ingest'), {
      ...S3_ENVIRONMENT,
      ...emulators.environment,
      AWS_ACCESS_KEY_ID: S3_ENVIRONMENT.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
      AWS_ENDPOINT_URL_S3: s3.endpointUrl,
    });
    const { seconds, mebibytes } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}');
    print(
      `ingest-log-file, ${Records.length} records, ${(body.length / 1e6).toFixed(1)} MB gzip: ${mebibytes.toFixed(0)} MiB at most, ${seconds.toFixed(0)} s with an emulator of DynamoDB`,
    );
  } finally {
    await emulators.stop();
    await s3.stop();
  }
}

/** The servers are in this process, which must go on meanwhile. */
async function inProcess(cwd: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ['--max-old-space-size=400', 'run.mjs'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) said += chunk;
  return said;
}

async function* bytesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

try {
  await perRecord();
  await besideBare();
  await queueToFinding();
  await largeFile();
} finally {
  await rm(folder, { recursive: true, force: true });
}
