// podtrail demo: runs a simulated trail through the real pipeline, and checks the answers against the truth.
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askStore } from '../../src/adapters/duckdb/ask.ts';
import { type LoadProgress, loadTrail } from '../../src/adapters/duckdb/load.ts';
import { type ReconciliationSums, readSums } from '../../src/adapters/duckdb/reconciliation.ts';
import type { Store } from '../../src/adapters/duckdb/store.ts';
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { readQuestion } from '../../src/adapters/query-files.ts';
import { inTemporaryFolder } from '../../src/adapters/temporary-folder.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { readParams } from '../../src/catalogue/param-values.ts';
import { BUILT_IN_PATTERNS } from '../../src/identity/session-name-patterns.ts';
import type { ReportColumn, ReportRow } from '../../src/report/columns.ts';
import { escapeForTerminal } from '../../src/report/escape.ts';
import { formatRows } from '../../src/report/format-rows.ts';
import { type Score, type ScoredRow, Scorer } from '../../src/simulator/score.ts';
import { knownClusters } from '../../src/simulator/simulate-trail.ts';
import type { CommandDefinition } from '../command.ts';
import { countText, type Io, say, terminalWidth, wantsColor, writeAll } from '../io.ts';
import { positiveInteger } from '../options.ts';
import { progressText, statusLine } from '../progress.ts';

interface DemoFlags {
  records: number;
  seed: number;
  keep?: string;
}

export const demo: CommandDefinition = (program, io, finish) => {
  program
    .command('demo')
    .summary('run the whole pipeline on a simulated trail; no account, no network')
    .description(
      'Simulates a trail of several clusters and accounts (with impostors, role chains, late and duplicate delivery), ' +
        'attributes it as "podtrail load" does, answers three questions, and checks every record against the truth. ' +
        'Exits with 0 if every claim is true and as strong as the records prove, else with 1.',
    )
    .option('--records <n>', 'records in the trail', positiveInteger, 20_000)
    .option('--seed <n>', 'another seed makes another trail', positiveInteger, 1)
    .option('--keep <folder>', 'keep the trail in this folder, which must be new or empty')
    .action(async (flags: DemoFlags) => {
      const run = async (folder: string) => finish(await runDemo(folder, flags, io));
      if (flags.keep === undefined) return inTemporaryFolder(join(tmpdir(), 'podtrail-demo-'), run);
      await refuseFilled(flags.keep);
      await run(flags.keep);
    });
};

/** Other log files in the folder would be read, too, and have no truth to be held against. */
async function refuseFilled(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new ParameterError(`--keep: ${folder} is not a folder`);
    throw error;
  });
  if (found.length > 0)
    throw new ParameterError(`--keep: ${folder} is not empty; name a folder that is new or empty`);
}

async function runDemo(folder: string, { records, seed, keep }: DemoFlags, io: Io): Promise<number> {
  const scorer = new Scorer();
  say(io, `simulating a trail of ${countText(records)} records`);
  await writeSimulatedTrail(folder, { records, seed, namesClusters: true }, (truth) => scorer.expect(truth));
  const clusters = knownClusters(seed);
  return withTemporaryStore(async (store) => {
    const line = statusLine(io);
    const settings = { sessionNamePatterns: BUILT_IN_PATTERNS, clusters };
    const onProgress = (progress: LoadProgress) => line.show(() => progressText(progress));
    const loadNo = await loadTrail(store, [folder], { settings, onProgress }).finally(line.clear);
    const sums = await readSums(store, loadNo);
    const { score, example } = await scoreAll(store, scorer);
    const next = keep === undefined ? [...NEXT, KEEPING] : [...askingOfKept(keep), ...NEXT];
    const names = clusters.map(({ cluster }) => cluster);
    const sharedNames = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    await writeAll(io, pages({ store, sums, score, example, sharedNames, next }, io));
    return tellMismatches(score, io);
  });
}

/** Holds every attributed record against the truth; the example is the first call on the bucket whose pod is proven. */
async function scoreAll(
  store: Store,
  scorer: Scorer,
): Promise<{ score: Score; example: ReportRow | undefined }> {
  let example: ReportRow | undefined;
  for await (const row of askStore(store, readQuestion('attributed-calls'), {})) {
    scorer.add(row as unknown as ScoredRow);
    const isOnBucket = (row.resources as string[]).includes(`arn:aws:s3:::${BUCKET}`);
    if (isOnBucket && row.workload_pod !== null && row.evidence === 'issued-key') example ??= row;
  }
  return { score: scorer.finish(), example };
}

/** The scenes of this bucket are played in every simulated trail, within its first hour. */
const BUCKET = 'pii-exports';
const FIRST_HOUR = '--since 2026-10-05T03:00Z --until 2026-10-05T04:00Z';

const NEXT = [
  'Next, on your own logs (a folder, files, or s3://bucket/AWSLogs/):',
  '',
  '  podtrail ask who-accessed ./logs --resource my-bucket     who used this bucket?',
  '  podtrail load ./logs --store trail.duckdb                 keep what was read, ask any time',
  '  podtrail questions                                        what else can be asked',
];

const KEEPING =
  '  podtrail demo --keep trail                                such a trail, kept for you to ask';

function askingOfKept(folder: string): string[] {
  const logs = quoted(folder);
  return [
    'Next, on the trail that was kept (most clusters show as issuers, unless --config FILE names them):',
    '',
    `  podtrail ask who-accessed ${logs} --resource ${BUCKET} ${FIRST_HOUR}`,
    `  podtrail ask what-accessed ${logs} --namespace reports --service-account builder`,
    '',
  ];
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  const word = /^[\w./:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  return escapeForTerminal(word);
}

interface Told {
  store: Store;
  sums: ReconciliationSums;
  score: Score;
  example: ReportRow | undefined;
  /** Names that more than one cluster has. */
  sharedNames: ReadonlySet<string>;
  next: readonly string[];
}

async function* pages(told: Told, io: Io): AsyncGenerator<string> {
  yield `${bold('CloudTrail names a role. podtrail names the pod behind it, and says what proves it.', io)}\n\n`;
  yield exampleText(told);
  yield sumsText(told.sums);
  for (const asked of ASKED) yield* answered(told, asked, io);
  yield `\n${bold(scoreText(told.score), io)}\n\n${told.next.join('\n')}\n`;
}

function exampleText({ example: row, sharedNames }: Told): string {
  if (row === undefined) return '';
  const session = String(row.principal_arn).replace(/^.*:assumed-role/, 'assumed-role');
  const cluster = clusterText(row, sharedNames);
  const workload = `${row.workload_namespace}/${row.workload_service_account}`;
  return (
    `  CloudTrail  ${escapeForTerminal(session)}\n` +
    `              ${row.event_name} on ${BUCKET}\n` +
    `  podtrail    pod ${row.workload_pod} of ${workload}, cluster ${cluster}\n` +
    `              ${row.confidence}, by ${row.evidence}: the very key was issued to this pod\n\n`
  );
}

/** The same sums as `podtrail load` tells of any trail. */
function sumsText({ files, records }: ReconciliationSums): string {
  return (
    `A simulated trail of five accounts, read whole: ${countText(files.read)} log files, ${countText(files.rejected)} rejected;\n` +
    `${countText(records.read)} records = ${countText(records.kept)} kept + ${countText(records.duplicate)} duplicate` +
    ` + ${countText(records.skipped)} skipped + ${countText(records.rejected)} rejected. Times are in UTC.\n`
  );
}

interface Asked {
  question: string;
  heading: string;
  values: Record<string, string>;
  /** What a newcomer needs of the answer; the question itself has more. */
  columns: readonly ReportColumn[];
  rows: number;
  /** How to read it. */
  note(rows: readonly ReportRow[]): readonly string[];
}

const text = (...names: string[]) => names.map((name) => ({ name, type: 'text' as const }));
const integer = (...names: string[]) => names.map((name) => ({ name, type: 'integer' as const }));

const ASKED: readonly Asked[] = [
  {
    question: 'who-accessed',
    heading: `Who accessed the bucket ${BUCKET}?`,
    values: { resource: BUCKET },
    columns: [
      ...text('workload', 'cluster', 'confidence', 'evidence'),
      ...integer('calls', 'denied'),
      ...text('first', 'last'),
    ],
    rows: 8,
    note: (rows) => [
      ...(rows.some(({ confidence }) => confidence === 'exact')
        ? ['exact: the record that issued the credentials proves it.']
        : []),
      ...(rows.some((row) => row.confidence === 'inferred' && row.workload_namespace !== null)
        ? ['inferred: that record is older than the trail, but its role served this workload only.']
        : []),
      ...(rows.some((row) => row.workload_namespace === null && row.principal_class !== 'workload')
        ? ['In brackets: somebody else. A session named eks-privacy-exporter-… is no proof of who it is.']
        : []),
    ],
  },
  {
    question: 'failed-assumptions',
    heading: 'Which workloads could not get their credentials?',
    values: {},
    columns: [
      ...text('workload', 'cluster', 'role', 'error'),
      ...integer('failures', 'minutes'),
      ...text('first', 'last'),
    ],
    rows: 4,
    note: () => [],
  },
  {
    question: 'unattributed',
    heading: 'Which calls of workloads could not be named for certain, and why?',
    values: {},
    columns: [...text('role', 'confidence'), ...integer('calls'), ...text('reason')],
    rows: 4,
    note: () => [],
  },
];

async function* answered({ store, sharedNames }: Told, asked: Asked, io: Io): AsyncGenerator<string> {
  const question = readQuestion(asked.question);
  const flags = Object.entries(asked.values).map(([name, value]) => ` --${name} ${value}`);
  yield `\n${bold(asked.heading, io)}   podtrail ask ${asked.question}${flags.join('')}\n\n`;
  const values = readParams(question, asked.values, io.now());
  const first: ReportRow[] = [];
  let more = 0;
  for await (const row of askStore(store, question, values)) {
    if (first.length < asked.rows) first.push(row);
    else more++;
  }
  yield* formatRows(asked.columns, compact(first, sharedNames), {
    format: 'table',
    color: wantsColor(io),
    width: terminalWidth(io) ?? WIDTH,
  });
  const pods = first.filter(({ pods }) => typeof pods === 'string' && pods !== '');
  for (const row of pods) yield `pods of ${workloadText(row)}: ${escapeForTerminal(String(row.pods))}\n`;
  if (more > 0) yield `and ${countText(more)} more rows\n`;
  for (const line of asked.note(first)) yield `${line}\n`;
}

const WIDTH = 100;

async function* compact(
  rows: readonly ReportRow[],
  sharedNames: ReadonlySet<string>,
): AsyncGenerator<ReportRow> {
  for (const row of rows) {
    yield {
      ...row,
      workload: workloadText(row),
      cluster: clusterText(row, sharedNames),
      role: roleText(row.role_arn),
      error: row.error_code,
      first: clockText(row.first_time),
      last: clockText(row.last_time),
    };
  }
}

/** Whose session it was stands in brackets where no workload can be named. */
function workloadText(row: ReportRow): string {
  const { workload_namespace: namespace, workload_service_account: account } = row;
  if (namespace !== null) return `${namespace}/${account}`;
  const kind = row.principal_class ?? row.mechanism;
  return typeof row.caller === 'string' ? `(${kind}: ${roleText(row.caller)})` : `(${kind})`;
}

/** The region tells clusters of one name apart. */
function clusterText(row: ReportRow, sharedNames: ReadonlySet<string>): string | null {
  const { workload_cluster: name, workload_cluster_id: id } = row;
  if (typeof name !== 'string') return null;
  const region = /^arn:[^:]*:eks:([^:]+):/.exec(String(id))?.[1];
  return region !== undefined && sharedNames.has(name) ? `${name} ${region}` : name;
}

function roleText(arn: unknown): string | null {
  return typeof arn === 'string' ? arn.replace(/^arn:[^:]*:iam::\d+:role\/(?:.*\/)?/, '') : null;
}

function clockText(time: unknown): string | null {
  return time instanceof Date ? time.toISOString().slice(11, 16) : null;
}

function scoreText(score: Score): string {
  return (
    `Against the truth of ${countText(score.rows)} records: ${countText(score.named)} calls named rightly, ` +
    `${countText(score.leftAlone)} of other callers left alone, ${countText(untrue(score))} false claims, ` +
    `${countText(score.missed.count)} provable calls missed, ${countText(score.lost)} records lost.`
  );
}

/** Claims that the records suggest are no less untrue; the demo's trails give no cause for any. */
function untrue({ falseClaims, misled }: Score): number {
  return falseClaims.count + misled.count;
}

/** Tells the first rows that were not as the truth; returns the exit code. */
function tellMismatches(score: Score, io: Io): number {
  for (const { truth, row } of [
    ...score.falseClaims.first,
    ...score.misled.first,
    ...score.missed.first,
  ].slice(0, 5)) {
    const { why, provable, evidence, event_id } = truth;
    say(
      io,
      `wrong (${why}, event ${event_id}): said ${row.confidence} by ${row.evidence}, provable ${provable} by ${evidence}`,
    );
  }
  return untrue(score) + score.missed.count + score.lost === 0 ? 0 : 1;
}

function bold(line: string, io: Io): string {
  return wantsColor(io) ? `\x1b[1m${line}\x1b[22m` : line;
}
