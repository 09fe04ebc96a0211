// podtrail demo: a seeded trail through the real pipeline, with answers, checked against its own truth.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askStore } from '../../src/adapters/duckdb/ask.ts';
import type { Store } from '../../src/adapters/duckdb/store.ts';
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { BUILT_IN_PATTERNS } from '../../src/identity/session-name-patterns.ts';
import type { ReportRow } from '../../src/report/columns.ts';
import { formatRows } from '../../src/report/format-rows.ts';
import { type Score, type ScoredRow, Scorer } from '../../src/simulator/score.ts';
import { knownClusters } from '../../src/simulator/simulate-trail.ts';
import type { CommandDefinition } from '../command.ts';
import { type Io, say, wantsColor, writeAll } from '../io.ts';
import { loadAndTell } from '../load-and-tell.ts';
import { positiveInteger } from '../options.ts';
import { questionByName } from '../questions-by-name.ts';

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
      'Simulates a trail of several clusters and accounts (with impostors, role chains, late and duplicate delivery),\n' +
        'attributes it as "podtrail load" would, answers three questions, and checks every answer against the truth.',
    )
    .option('--records <n>', 'records in the trail', positiveInteger, 20_000)
    .option('--seed <n>', 'another seed makes another trail', positiveInteger, 1)
    .option('--keep <folder>', 'write the trail to this folder and leave it there')
    .action(async (flags: DemoFlags) => {
      const folder = flags.keep ?? (await mkdtemp(join(tmpdir(), 'podtrail-demo-')));
      try {
        finish(await runDemo(folder, flags, io));
      } finally {
        if (flags.keep === undefined) await rm(folder, { recursive: true, force: true });
      }
    });
};

async function runDemo(folder: string, flags: DemoFlags, io: Io): Promise<number> {
  io.stdout.write(
    'CloudTrail names a role, not a workload. podtrail names the pod, and says what proves it.\n',
  );
  const scorer = new Scorer();
  const written = await writeSimulatedTrail(folder, { ...flags, namesClusters: true }, (truth) =>
    scorer.expect(truth),
  );
  say(
    io,
    `a simulated trail: ${written.files} log files, ${count(written.records)} records, duplicates included`,
  );
  return withTemporaryStore(async (store) => {
    const clusters = knownClusters(flags.seed);
    await loadAndTell(
      store,
      [folder],
      { settings: { sessionNamePatterns: BUILT_IN_PATTERNS, clusters } },
      io,
    );
    for (const asked of ANSWERS) await tell(store, asked, io);
    const rows = askStore(store, questionByName('attributed-calls'), {});
    for await (const row of rows) scorer.add(row as unknown as ScoredRow);
    const score = scorer.finish();
    tellScore(score, io);
    if (flags.keep !== undefined) say(io, `the trail is in ${folder}`);
    return score.falseClaims.count + score.missed.count + score.lost === 0 ? 0 : 1;
  });
}

interface Asked {
  heading: string;
  question: string;
  values: Record<string, string>;
  /** The columns of the answer that a newcomer needs. */
  columns: readonly string[];
  rows: number;
}

const ANSWERS: readonly Asked[] = [
  {
    heading: 'Who accessed the bucket pii-exports?',
    question: 'who-accessed',
    values: { resource: 'pii-exports' },
    columns: ['workload', 'workload_cluster', 'confidence', 'evidence', 'calls', 'denied', 'caller'],
    rows: 9,
  },
  {
    heading: 'Which workloads could not get their credentials?',
    question: 'failed-assumptions',
    values: {},
    columns: ['workload', 'workload_cluster', 'role_arn', 'error_code', 'failures', 'minutes'],
    rows: 4,
  },
  {
    heading: 'Which calls of workloads could not be named for certain, and why?',
    question: 'unattributed',
    values: {},
    columns: ['role_arn', 'confidence', 'calls', 'reason'],
    rows: 4,
  },
];

async function tell(store: Store, asked: Asked, io: Io): Promise<void> {
  const question = questionByName(asked.question);
  const flags = Object.entries(asked.values).map(([name, value]) => ` --${name} ${value}`);
  io.stdout.write(`\n${asked.heading}   (podtrail ask ${asked.question}${flags.join('')})\n\n`);
  const columns = asked.columns.map(
    (name) => question.columns.find((column) => column.name === name) ?? { name, type: 'text' as const },
  );
  const values = { limit: asked.rows, ...asked.values };
  const rows = briefly(askStore(store, question, values), asked.rows);
  const width = io.stdout.isTTY === true ? (io.stdout.columns ?? 100) : 100;
  await writeAll(io, formatRows(columns, rows, { format: 'table', color: wantsColor(io), width }));
}

/** The first rows, each with its workload in one column, or with whose session it was instead. */
async function* briefly(rows: AsyncIterable<ReportRow>, most: number): AsyncGenerator<ReportRow> {
  let told = 0;
  for await (const row of rows) {
    if (told++ >= most) continue;
    const { workload_namespace: namespace, workload_service_account: account, principal_class: kind } = row;
    const role = (arn: unknown) =>
      typeof arn === 'string' ? arn.replace(/^arn:aws:iam::\d+:role\//, '') : arn;
    const workload =
      namespace === null ? (kind === undefined ? null : `(${kind})`) : `${namespace}/${account}`;
    yield { ...row, workload, caller: role(row.caller), role_arn: role(row.role_arn) };
  }
}

function tellScore(score: Score, io: Io): void {
  io.stdout.write(
    `\nAgainst the truth of ${count(score.rows)} records: ${count(score.named)} calls named rightly, ` +
      `${count(score.leftAlone)} of other callers left alone, ${count(score.falseClaims.count)} false claims, ` +
      `${count(score.missed.count)} provable calls missed, ${count(score.lost)} records lost.\n\n` +
      'Next, on your own logs:\n' +
      '  podtrail ask who-accessed ./logs --resource my-bucket\n' +
      '  podtrail load ./logs --store trail.duckdb\n',
  );
  for (const { truth, row } of [...score.falseClaims.first, ...score.missed.first].slice(0, 5)) {
    say(
      io,
      `not as the truth (${truth.why}): said ${row.confidence} by ${row.evidence}, provable ${truth.provable} by ${truth.evidence}`,
    );
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
