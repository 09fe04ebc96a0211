// npm run replay: shows the stack at work before it is deployed. A folder of log files is fed to the built functions, which run as
// they do in Lambda, through queues and against servers that speak AWS's protocols; what they did is written down.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { findLogFiles, openLogFile } from '../src/adapters/find-log-files.ts';
import { compact } from '../src/compact.ts';
import { parseLogFileKey } from '../src/trail/keys.ts';
import { readLogFile } from '../src/trail/log-file.ts';
import { parseTime } from '../src/trail/times.ts';
import { installRuntime, type RunningFunction, startFunction } from '../test/support/lambda-runtime.ts';
import { type LiveEmulators, startLiveEmulators } from '../test/support/live-emulators.ts';
import { drain } from '../test/support/queue.ts';
import { S3_ENVIRONMENT, startS3Server } from '../test/support/s3-server.ts';
import { type EventPattern, matches } from './match-event.ts';

const USAGE =
  'usage: npm run replay -- TRAIL_FOLDER --out DIR [--via events|files] [--shuffle SEED] [--duplicate RATE]';
const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';
const BUCKET = 'trail-bucket';
const SETTLE = 'settle-findings';
const QUARTER_MS = 15 * 60_000;

interface Asked {
  folder: string;
  out: string;
  via: 'events' | 'files';
  shuffle: number | undefined;
  duplicate: number;
}

interface Summary {
  events_in: number;
  handled: number;
  duplicates: number;
  /** Records that are nothing to the function: an assumption that EKS allowed, a call that was not denied. */
  passed: number;
  /** Deliveries that came back to the queue. */
  failed: number;
  dead_lettered: number;
}

const tell = (line: string) => process.stderr.write(`${line}\n`);

function asked(argv: string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        via: { type: 'string', default: 'events' },
        shuffle: { type: 'string' },
        duplicate: { type: 'string', default: '0' },
      },
    });
    const { out, via, shuffle } = values;
    const duplicate = Number(values.duplicate);
    const [folder] = positionals;
    if (folder === undefined || positionals.length > 1) return 'one folder of log files is needed';
    if (out === undefined) return '--out is needed: the folder that the outcome is written to';
    if (via !== 'events' && via !== 'files') return `--via is events or files, not "${via}"`;
    if (shuffle !== undefined && !/^\d{1,9}$/.test(shuffle)) return '--shuffle takes a whole number';
    if (!(duplicate >= 0 && duplicate <= 1)) return '--duplicate takes a share from 0 to 1';
    return { folder, out, via, shuffle: shuffle === undefined ? undefined : Number(shuffle), duplicate };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Trail {
  events: string[];
  unread: string[];
  /** The time of its last event, epoch milliseconds. */
  endsAt: number;
}

/** The records of all files as EventBridge would send them; what cannot be read is told. */
async function readTrail(folder: string): Promise<Trail> {
  const events: string[] = [];
  const unread: string[] = [];
  let endsAt = 0;
  for await (const found of findLogFiles([folder])) {
    if (found.kind !== 'file') {
      if (found.kind === 'rejected') unread.push(`${found.path}: ${found.reason}`);
      continue;
    }
    const { path } = found.file;
    const outcome = await readLogFile(openLogFile(path), {
      record: (detail) => {
        const source = `aws.${String(detail.eventSource).split('.')[0]}`;
        events.push(JSON.stringify({ source, 'detail-type': 'AWS API Call via CloudTrail', detail }));
        endsAt = Math.max(endsAt, parseTime(String(detail.eventTime)) ?? 0);
      },
      rejected: (index, reason) => unread.push(`${path}, record ${index}: ${reason}`),
      skipped: () => {},
    });
    if (outcome.status === 'rejected') unread.push(`${path}: ${outcome.reason}`);
  }
  return { events, unread, endsAt };
}

/** Puts the files where the functions find them, under keys as CloudTrail gives them, and returns the notices of them. */
async function noticesOf(
  folder: string,
  put: (objects: Record<string, Uint8Array>) => Promise<void>,
): Promise<string[]> {
  const notices: string[] = [];
  for await (const found of findLogFiles([folder])) {
    if (found.kind !== 'file') continue;
    const { path } = found.file;
    const place = relative(folder, path).replaceAll('\\', '/');
    const stand = `AWSLogs/111122223333/CloudTrail/us-east-1/1970/01/01/${createHash('sha256').update(place).digest('hex')}`;
    const key = parseLogFileKey(place) === null ? stand : place;
    const chunks: Uint8Array[] = [];
    for await (const chunk of openLogFile(path)) chunks.push(Buffer.from(chunk));
    await put({ [key]: Buffer.concat(chunks) });
    notices.push(
      JSON.stringify({
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { bucket: { name: BUCKET }, object: { key } },
      }),
    );
  }
  return notices;
}

/** What EventBridge's rules of the packaged template let through to a queue. */
function patternOf(rule: string): EventPattern {
  return JSON.parse(readFileSync(TEMPLATE, 'utf8')).Resources[rule].Properties.EventPattern;
}

async function run(name: string, bodies: string[], runs: RunningFunction, options: Asked): Promise<Summary> {
  let failed = 0;
  const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
    try {
      const answer = (await runs.invoke(event)) as SQSBatchResponse;
      failed += answer.batchItemFailures.length;
      return answer;
    } catch (error) {
      // As Lambda does where a function fails: all of the batch comes back.
      tell(error instanceof Error ? error.message : String(error));
      failed += event.Records.length;
      return { batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
  };
  const { shuffle, duplicate } = options;
  const dead = await drain(bodies, handler, {
    batch: name === 'ingest-log-file' ? 1 : 100,
    duplicate,
    ...compact({ shuffle }),
  });
  const told = runs.lines.flatMap((line) => {
    const json = /\{"events":.*\}$/.exec(line)?.[0];
    return json === undefined
      ? []
      : [JSON.parse(json) as Record<'handled' | 'duplicates' | 'passed', number>];
  });
  const sum = (key: 'handled' | 'duplicates' | 'passed') => told.reduce((total, one) => total + one[key], 0);
  return {
    events_in: bodies.length,
    handled: sum('handled'),
    duplicates: sum('duplicates'),
    passed: sum('passed'),
    failed,
    dead_lettered: dead.length,
  };
}

async function writeLines(path: string, rows: readonly unknown[]): Promise<void> {
  const lines = rows.map((row) => JSON.stringify(row)).sort();
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
}

/** The issuances that the ledger holds, by where they are looked up, and what they inherited. */
async function ledgerOf(emulators: LiveEmulators): Promise<unknown[]> {
  const items = (await emulators.items()) as Record<string, Record<string, string> | undefined>[];
  return items.flatMap(({ pk, issuance, inherited, expires_at: end }) =>
    issuance === undefined
      ? []
      : [
          {
            found_by: pk?.S,
            expires_at: Number(end?.N),
            issuance: JSON.parse(issuance.S ?? 'null'),
            ...(inherited === undefined ? {} : { inherited: JSON.parse(inherited.S ?? 'null') }),
          },
        ],
  );
}

async function replay(options: Asked): Promise<void> {
  await installRuntime(tell);
  const emulators = await startLiveEmulators();
  const s3 = await startS3Server();
  const closing: (() => Promise<void>)[] = [emulators.stop, s3.stop];
  try {
    const environment = {
      ...S3_ENVIRONMENT,
      ...emulators.environment,
      AWS_ACCESS_KEY_ID: S3_ENVIRONMENT.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: S3_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
      AWS_ENDPOINT_URL_S3: s3.endpointUrl,
    };
    const summary: Record<string, Summary> = {};
    const feed = async (name: string, bodies: string[]) => {
      const runs = await startFunction(name, resolve('build/functions', name), environment);
      closing.push(runs.stop);
      tell(`${name}: ${bodies.length} messages`);
      summary[name] = await run(name, bodies, runs, options);
    };
    const { events, unread, endsAt } = await readTrail(options.folder);
    for (const line of unread) tell(`no event: ${line}`);
    if (events.length === 0) throw new Error(`there is no record to be read in ${options.folder}`);
    if (options.via === 'events') {
      const through = (rule: string) => {
        const pattern = patternOf(rule);
        return events.filter((event) => matches(pattern, JSON.parse(event)));
      };
      await feed('watch-assumptions', through('AssumptionsRule'));
      await feed('watch-denials', through('DenialsRule'));
    } else {
      await s3.createBucket(BUCKET);
      await feed('ingest-log-file', await noticesOf(options.folder, (objects) => s3.put(BUCKET, objects)));
    }
    const settling = await startFunction(SETTLE, resolve('build/functions', SETTLE), environment);
    closing.push(settling.stop);
    // As its schedule would after the trail's end, in a minute in which it looks through the renewals, too.
    const due = new Date(Math.ceil((endsAt + 1) / QUARTER_MS) * QUARTER_MS).toISOString();
    await settling.invoke({ time: due });
    summary[SETTLE] = { events_in: 1, handled: 1, duplicates: 0, passed: 0, failed: 0, dead_lettered: 0 };
    await mkdir(options.out, { recursive: true });
    const metrics = emulators.metrics.map(({ name, dimensions, at, value, statistics }) => ({
      name,
      dimensions,
      ...(statistics === undefined ? { value } : { statistics }),
      timestamp: new Date(at * 1000).toISOString(),
    }));
    await writeLines(join(options.out, 'metrics.ndjson'), metrics);
    await writeLines(join(options.out, 'findings.ndjson'), emulators.findings);
    await writeLines(join(options.out, 'ledger.ndjson'), await ledgerOf(emulators));
    await writeFile(join(options.out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
    tell(
      `${emulators.metrics.length} data of metrics, ${emulators.findings.length} findings: written to ${options.out}`,
    );
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const options = asked(process.argv.slice(2));
if (typeof options === 'string') {
  tell(`replay: ${options}\n${USAGE}`);
  process.exitCode = 2;
} else {
  try {
    await replay(options);
  } catch (error) {
    tell(`replay: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
