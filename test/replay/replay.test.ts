// npm run replay as a user runs it: whatever the order, the repeats and the path, the same trail has the same outcome, and that is
// the truth of the trail.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import type { WorkloadFinding } from '../../src/live/finding.ts';
import { simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { readLogFile } from '../../src/trail/log-file.ts';
import { type MetricsTruth, metricsTruth } from '../support/metrics-truth.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

const TRAIL = { seed: 11, records: 1_500, hostile: false };

let files: Scratch;
let truth: MetricsTruth;

beforeAll(async () => {
  files = await scratch();
  await writeSimulatedTrail(files.path('trail'), TRAIL);
  const raw: Record<string, unknown>[] = [];
  const trail = [...simulateTrail(TRAIL)];
  for (const { body } of trail)
    await readLogFile(bytesOf(body), {
      record: (value) => raw.push(value),
      rejected: () => {},
      skipped: () => {},
    });
  truth = metricsTruth(
    raw,
    trail.flatMap(({ truth: some }) => some),
  );
  const built = spawnSync('npm', ['run', '-s', 'build'], { encoding: 'utf8' });
  const packaged = spawnSync('npm', ['run', '-s', 'package'], { encoding: 'utf8' });
  expect([built.status, packaged.status]).toEqual([0, 0]);
  // Compiles the runtime client where it is not there yet.
}, 600_000);
afterAll(() => files.remove());

async function* bytesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

function replay(...argv: string[]) {
  return spawnSync(process.execPath, ['dist/replay.js', ...argv], { encoding: 'utf8', timeout: 500_000 });
}

interface Outcome {
  /** Sums by name, dimensions and minute, but for what is skipped, which depends on the path. */
  metrics: Record<string, number>;
  /** Sums by name. */
  sums: Record<string, number>;
  findings: WorkloadFinding[];
  ledger: string;
  summary: Record<string, Record<string, number>>;
}

function outcome(name: string): Outcome {
  const read = (file: string) => readFileSync(join(files.path(name), file), 'utf8');
  const rows = (file: string) =>
    read(file)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const metrics: Record<string, number> = {};
  const sums: Record<string, number> = {};
  for (const { name: metric, dimensions, timestamp, value } of rows('metrics.ndjson')) {
    sums[metric] = (sums[metric] ?? 0) + value;
    if (metric === 'RecordsSkipped') continue;
    const series = JSON.stringify([metric, dimensions, timestamp]);
    metrics[series] = (metrics[series] ?? 0) + value;
  }
  return {
    metrics: Object.fromEntries(Object.entries(metrics).sort()),
    sums,
    findings: rows('findings.ndjson'),
    ledger: read('ledger.ndjson'),
    summary: JSON.parse(read('summary.json')),
  };
}

describe('npm run replay', () => {
  let first: Outcome;

  it('feeds events to the functions and writes down what they did, which is true', () => {
    const { status, stderr } = replay(files.path('trail'), '--out', files.path('events'));
    expect([status, stderr]).toEqual([0, expect.stringContaining('findings: written to')]);
    first = outcome('events');
    expect(Object.keys(first.metrics).length).toBeGreaterThan(50);
    expect(first.ledger).not.toMatch(/sessionToken|secretAccessKey/i);
    expect(first.ledger).toMatch(/"inherited":\{"issuance":/);
    for (const { events_in: all, handled, passed, dead_lettered: dead } of Object.values(first.summary))
      expect([Number(handled) + Number(passed), dead]).toEqual([all, 0]);
    const said = new Set(
      [...simulateTrail(TRAIL)]
        .flatMap(({ truth }) => truth)
        .flatMap(({ says }) => (says === null ? [] : [`${says.namespace}/${says.service_account}`])),
    );
    const causes = first.findings.map(({ kind, cause }) => [kind, cause !== null]);
    expect(causes.filter(([, isKnown]) => isKnown).length).toBe(causes.length);
    const named = first.findings.flatMap(({ workload }) => workload ?? []);
    expect(named.length).toBeGreaterThan(2);
    for (const { namespace, serviceAccount } of named)
      expect(said).toContain(`${namespace}/${serviceAccount}`);
  }, 600_000);

  it('counts what is true', () => {
    const { RecordsKept, SessionsIssued, WorkloadSessions, AllDeniedCalls, DeniedCalls, ...sums } =
      first.sums;
    expect([RecordsKept, SessionsIssued, WorkloadSessions, AllDeniedCalls]).toEqual([
      truth.kept,
      truth.sessions,
      truth.sessions,
      truth.deniedCalls,
    ]);
    expect(Number(DeniedCalls) + Number(sums.UnnamedDeniedCalls ?? 0)).toBe(truth.deniedCalls);
    expect(sums.RecordsSkipped).toBe(truth.deniedAssumptions);
  });

  it.each([
    ['shuffled and doubled', ['--shuffle', '3', '--duplicate', '0.3']],
    ['as log files', ['--via', 'files']],
    ['as log files, shuffled and doubled', ['--via', 'files', '--shuffle', '8', '--duplicate', '0.3']],
  ])('has the same outcome with all of it %s', (name, flags) => {
    expect(replay(files.path('trail'), '--out', files.path(name), ...flags).status).toBe(0);
    const { summary: _, sums, ...now } = outcome(name);
    const { summary: __, sums: before, ...then } = first;
    expect(now).toEqual(then);
    const isByFiles = flags.includes('files');
    const skipped = isByFiles ? truth.read - truth.kept : truth.deniedAssumptions;
    expect(sums).toEqual({ ...before, RecordsSkipped: skipped });
  });

  it('ends with a reason where there is nothing to replay, and leaves what was written', () => {
    const { status, stderr } = replay(files.path('none'), '--out', files.path('events'));
    expect([status, stderr]).toEqual([1, expect.stringContaining('there is no record to be read in')]);
    expect(outcome('events')).toEqual(first);
  });

  it.each([
    ['no folder', ['--out', 'x'], /one folder/],
    ['no place for the outcome', ['trail'], /--out is needed/],
    ['another path', ['trail', '--out', 'x', '--via', 'fax'], /events or files, not "fax"/],
    ['a share above one', ['trail', '--out', 'x', '--duplicate', '2'], /from 0 to 1/],
    ['an unknown option', ['trail', '--outt', 'x'], /--outt/],
  ])('is refused with %s', (_, argv, said) => {
    const { status, stderr } = replay(...argv);
    expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
  });
});
